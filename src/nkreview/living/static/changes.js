// What a run changes, and how it is named by that.
import { positionText, preset } from "./figure.js";

/**
 * What settings differ from a scenario's.
 * @param {import("./figure.js").Setup} setup
 * @param {import("./figure.js").Scenario} scenario
 * @param {import("./figure.js").Settings} settings
 * @returns {import("./figure.js").Settings}
 */
export function changesOf(setup, scenario, settings) {
  const usual = { ...scenario.set, ...preset(setup, scenario) };
  return Object.fromEntries(Object.entries(settings).filter(([id, at]) => at !== usual[id]));
}

/**
 * A run in words: its scenario where that is not the first, and what else was moved.
 * @param {import("./figure.js").Setup} setup
 * @param {import("./figure.js").Scenario} scenario
 * @param {import("./figure.js").Settings} settings
 * @returns {string}
 */
export function nameOf(setup, scenario, settings) {
  const changes = changesOf(setup, scenario, settings);
  const moved = setup.sliders.filter(({ id }) => id in changes)
    .map((slider) => [slider.label, ...positionText(slider, changes[slider.id])].join(" ").trim());
  const first = scenario === setup.scenarios[0];
  return [...(first && moved.length ? [] : [scenario.label]), ...moved].join(", ");
}
