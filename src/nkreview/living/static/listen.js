// A figure for readers who do not see it: its run as a table of about twelve rows, and as sound.
import { make, vector } from "./cursor.js";
import { place, position, preset, readable, Run } from "./figure.js";
import names from "./names.js";

const ROWS = 12;
const STEPS = { h: [1, 2, 3, 6, 12, 24, 48, 72, 96, 168], d: [1, 2, 7, 14, 28] };
const PER_DECADE = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]];
const [SECONDS, LOWEST, OCTAVES, LOUDNESS] = [5, 220, 3, 0.15];
const CALM = 250; // milliseconds without a redraw, before the table is made anew

/**
 * About twelve round values of an axis, and its end.
 * @param {import("./figure.js").Scale} axis
 * @returns {number[]}
 */
export function roundValues({ min, max, scale, unit }) {
  const nearest = (lists) => lists.reduce((best, list) =>
    Math.abs(list.length - ROWS) <= Math.abs(best.length - ROWS) ? list : best);
  const powers = Array.from({ length: 25 }, (_, i) => i - 12);
  const within = (list) => list.filter((value) => value >= min && value <= max * (1 + 1e-9));
  const exact = (digits, power) => Number(`${digits}e${power}`);
  if (scale === "log") {
    return nearest(PER_DECADE.map((digits) =>
      within(powers.flatMap((power) => digits.map((digit) => exact(digit, power))))));
  }
  const decimal = powers.flatMap((power) => [1, 2, 5].map((digit) => exact(digit, power)));
  const steps = decimal.filter((step) => step < 1 || !STEPS[unit]).concat(STEPS[unit] ?? []);
  const values = nearest(steps.filter((step) => (max - min) / step < 50).map((step) => {
    const first = Math.ceil(min / step - 1e-9);
    const count = Math.floor(max / step + 1e-9) - first + 1;
    return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  }));
  return values.at(-1) < max ? [...values, max] : values;
}

/**
 * Fill the panel.
 * @param {HTMLElement} figure the living figure
 * @param {HTMLElement} panel
 */
export function open(figure, panel) {
  const table = make("div", { className: names.table, tabIndex: 0 });
  table.setAttribute("role", "region");
  panel.append(new Player(figure, panel).controls, table);
  let calm;
  const renew = () => {
    const { setup, scenario, settings } = figure;
    table.setAttribute("aria-label", `Table: ${setup.title}`);
    const usual = Object.entries(preset(setup, scenario)).every(([id, at]) => settings[id] === at);
    const where = usual ? scenario.label : `${scenario.label}, with controls moved`;
    const rows = rowsOf(figure);
    table.replaceChildren(rows ? tableOf(setup, where, rows) : "There is no run at these settings.");
  };
  figure.addEventListener("nk-update", () => {
    clearTimeout(calm);
    calm = setTimeout(renew, CALM);
  });
  renew();
}

/** The run at round values of x; of what was drawn by chance, some of the values drawn. */
function rowsOf({ setup, model, settings, trajectories }) {
  if (!trajectories) return null;
  if (!setup.runs) return new Run(setup, model, roundValues(setup.x)).solve(settings).trajectories;
  const { x, series } = trajectories;
  const step = Math.ceil(x.length / (1.5 * ROWS));
  const some = (values) => values.filter((_, i) => i % step === 0);
  const told = Object.entries(series).map(([id, values]) => [id, some(values)]);
  return { x: some(x), series: Object.fromEntries(told) };
}

function tableOf(setup, where, { x, series }) {
  const cell = (tag, text, scope) => make(tag, { textContent: text, ...(scope && { scope }) });
  const nameOf = (at) => setup.x.categories?.[at] ?? readable(at);
  const body = x.map((at, i) => make("tr", {}, cell("th", nameOf(at), "row"),
    ...setup.series.map(({ id }) => cell("td", readable(quiet(series[id], i))))));
  return make("table", {},
    make("caption", {}, `${setup.title}: ${withUnit(setup.y)}. ${where}.`),
    make("thead", {}, make("tr", {}, cell("th", withUnit(setup.x), "col"),
      ...setup.series.map(({ label }) => cell("th", label, "col")))),
    make("tbody", {}, ...body));
}

/** What is zero in truth is told as zero. */
const quiet = (values, i) => Math.abs(values[i]) < 1e-9 * Math.max(...values) ? 0 : values[i];

const withUnit = ({ label, unit }) => (unit ? `${label} (${unit})` : label);

/** Plays a curve: its height on the axis is the pitch. */
class Player {
  constructor(figure, panel) {
    const { setup, setup: { y } } = figure;
    this.select = make("select", {},
      ...setup.series.map(({ id, label }) => make("option", { value: id, textContent: label })));
    this.button = make("button", { type: "button", textContent: "Play" });
    this.button.addEventListener("click", () => (this.sound ? this.stop() : this.play()));
    this.said = make("span", {}, `The lowest note is ${readable(y.min)}, the highest ` +
      `${readable(y.max)}; what is below the axis is silent.`);
    this.said.setAttribute("role", "status");
    this.controls = make("p", {},
      make("label", {}, "Curve ", this.select), " ", this.button, " ", this.said);
    Object.assign(this, { figure, panel });
    figure.addEventListener("nk-update", () => this.stop());
  }

  async play() {
    const { figure: { setup, trajectories }, select } = this;
    const values = trajectories?.series[select.value];
    if (!values) return;
    try {
      this.audio ??= new (globalThis.AudioContext ?? globalThis.webkitAudioContext)();
      await this.audio.resume();
    } catch (error) {
      this.said.textContent = `This browser plays no sound: ${error.message}`;
      return;
    }
    this.start = this.audio.currentTime + 0.05;
    this.sound = this.#tone(values.map((value) => position(value, setup.y)));
    this.sound.onended = () => this.stop();
    this.button.textContent = "Stop";
    this.marks = matchMedia("(prefers-reduced-motion: reduce)").matches
      ? null : this.figure.layer("listen");
    this.#follow(trajectories.x, values);
  }

  /** Schedule pitch and silence along the curve. */
  #tone(heights) {
    const { audio, start } = this;
    const [tone, gain] = [audio.createOscillator(), audio.createGain()];
    tone.connect(gain).connect(audio.destination);
    tone.type = "triangle";
    heights.forEach((height, i) => {
      const at = start + (SECONDS * i) / (heights.length - 1);
      const pitch = LOWEST * 2 ** (OCTAVES * Math.min(Math.max(height, 0), 1));
      if (i) tone.frequency.exponentialRampToValueAtTime(pitch, at);
      else tone.frequency.setValueAtTime(pitch, at);
      gain.gain.setTargetAtTime(height < 0 ? 0 : LOUDNESS, at, 0.01);
    });
    tone.start(start);
    tone.stop(start + SECONDS);
    return tone;
  }

  /** Let a mark go along the curve with the sound. */
  #follow(x, values) {
    if (!this.sound) return;
    if (this.panel.hidden) {
      this.stop();
      return;
    }
    const { audio, start, marks, figure: { setup } } = this;
    const share = Math.min(Math.max((audio.currentTime - start) / SECONDS, 0), 1);
    const i = Math.round(share * (x.length - 1));
    const [cx, cy] = place(setup, x[i], values[i]);
    marks?.replaceChildren(vector("circle", { cx, cy, r: 7, fill: "currentColor" }));
    requestAnimationFrame(() => this.#follow(x, values));
  }

  stop() {
    const { sound } = this;
    if (!sound) return;
    this.sound = null;
    sound.onended = null;
    sound.stop();
    sound.disconnect();
    this.marks?.remove();
    this.button.textContent = "Play";
  }
}
