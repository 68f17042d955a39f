// The link that brings the settings of a figure back.
import { preset } from "./figure.js";

/**
 * The fragment of an address that brings these settings back.
 * @param {import("./figure.js").Setup} setup
 * @param {import("./figure.js").Scenario} scenario
 * @param {import("./figure.js").Settings} settings
 * @returns {string}
 */
export function linkTo(setup, scenario, settings) {
  const link = new URLSearchParams({ nk: setup.key, scenario: scenario.id });
  for (const [id, usual] of Object.entries(preset(setup, scenario))) {
    if (settings[id] !== usual) link.set(id, settings[id]);
  }
  return `#${link}`;
}
