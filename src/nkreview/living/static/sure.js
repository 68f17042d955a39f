// "How sure?": the model with every set of constants that fits the evidence, as a band.
import { bandOf, openOf, outlineOf, ownersOf, tasksOf } from "./bands.js";
import { Crew } from "./crew.js";
import { make, vector } from "./cursor.js";
import { readable } from "./figure.js";
import names from "./names.js";

const STATUSES = ["measured", "derived", "calibrated", "assumed"];
const NAMED = 3; // so many constants that own most of the width are named

/** The bands of a figure, and the panel beside them. */
export class Sure {
  /**
   * @param {HTMLElement} figure the living figure
   * @param {HTMLElement} panel
   */
  constructor(figure, panel) {
    Object.assign(this, { figure, panel, crew: new Crew(figure.source) });
    figure.many = this; // who dismisses the figure dismisses the worker
    this.layer = figure.layer("many");
    this.words = make("p", { role: "status" });
    this.boxes = make("fieldset");
    panel.append(this.words, this.boxes);
    figure.addEventListener("nk-update", () => this.#outdate());
    figure.addEventListener("nk-settled", () => this.#begin());
    new MutationObserver(() => this.#begin()).observe(panel, { attributeFilter: ["hidden"] });
    this.#load();
  }

  async #load() {
    this.words.textContent = "The draws are being loaded.";
    try {
      this.draws = await this.figure.data("draws");
    } catch (error) {
      this.words.textContent = error.message;
      return;
    }
    this.boxes.append(make("legend", {}, "Hold at their values"));
    for (const status of STATUSES) {
      const count = this.draws.constants.filter((constant) => constant.status === status).length;
      if (!count) continue;
      this.boxes.append(make("label", {},
        make("input", { type: "checkbox", value: status }), ` ${status} (${count})`));
    }
    this.boxes.addEventListener("change", () => this.#begin());
    this.#begin();
  }

  /** The statuses whose constants are held. */
  get hold() {
    return [...this.boxes.querySelectorAll(":checked")].map(({ value }) => value);
  }

  /** What the band depends on. */
  get #key() {
    return JSON.stringify([this.figure.settings, this.hold]);
  }

  /** Take away a band that no longer belongs to the curves. */
  #outdate() {
    if (this.key === this.#key) return;
    this.key = null;
    this.layer.replaceChildren();
    this.figure.querySelectorAll(`.${names.interval}`).forEach((text) => text.remove());
  }

  #begin() {
    const { figure, figure: { setup, settings }, draws, panel } = this;
    if (panel.hidden) this.key = null;
    this.#outdate();
    if (panel.hidden || !draws || this.key || !figure.trajectories) return;
    this.key = this.#key;
    const open = openOf(draws, settings, this.hold);
    if (!open.length) {
      this.words.textContent = "Every constant is held; nothing is left open.";
      return;
    }
    const [tasks, runs, { key }] = [tasksOf(draws, open), [], this];
    this.crew.begin({ way: "solve", work: { setup, settings }, tasks }, ({ found, error }) => {
      if (key !== this.key) return;
      if (error) {
        this.words.textContent = `No band: ${error}`;
        return;
      }
      runs.push(...found);
      this.#show(open, tasks.slice(0, runs.length), runs);
    });
  }

  #show(open, tasks, runs) {
    const { figure, figure: { setup }, draws: { rows }, layer, words } = this;
    const band = bandOf(runs);
    layer.replaceChildren(...setup.series.map(({ id }) => {
      const { stroke } = getComputedStyle(figure.drawn(names.curve, id, "path"));
      return vector("path", { d: outlineOf(setup, band, id), style: `color: ${stroke}` });
    }));
    for (const output of figure.querySelectorAll(`[${names.readout}]`)) {
      const [low, high] = band.readouts[output.getAttribute(names.readout)].map(readable);
      const text = output.parentNode.querySelector(`.${names.interval}`)
        ?? output.parentNode.appendChild(make("small", { className: names.interval }));
      text.textContent = low === high ? "" : ` ${low} to ${high}`;
    }
    if (runs.length < rows.length) {
      words.textContent = `${runs.length} of ${rows.length} sets of constants are computed.`;
      return;
    }
    const owners = ownersOf(setup, open, tasks, runs, band).filter(({ share }) => share >= 0.01)
      .slice(0, NAMED).map(({ constant: { label, status }, share }) =>
        `${label} (${status}, ${Math.round(100 * share)} %)`);
    words.textContent = `${rows.length} sets of constants fit the evidence; `
      + "nine tenths of them lie within the band and between the numbers beside a readout. "
      + `${owners.length ? `Its width goes mostly with ${listed(owners)}.` : "It has no width."}`
      + this.#held(open);
  }

  /** What the reader holds by having moved it. */
  #held(open) {
    const { draws: { constants }, hold } = this;
    const held = constants.filter((one) => !open.includes(one) && !hold.includes(one.status));
    return held.length ? ` Held where you put it: ${listed(held.map(({ label }) => label))}.` : "";
  }
}

function listed(items) {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
