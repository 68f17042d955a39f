// The living figure: when a control moves, solve the model again and rewrite the curves.
import { simulate } from "./solver.js";

/** A sweep solves the model dozens of times; this is still finer than the curve is wide. */
const SWEEP_RTOL = 1e-4;

/**
 * @typedef {{label: string, unit: string, min: number, max: number, scale: "linear"|"log"}} Scale
 * @typedef {Scale & {points: number, parameter?: string}} XAxis
 * @typedef {{id: string, label: string, symbol?: string, readout?: string,
 *   set?: Object<string, number>}} Series
 * @typedef {{id: string, symbol: string, rule: string, span: number[], points: number}} Readout
 * @typedef {{id: string, label: string, min: number, max: number, step: number}} Slider
 * @typedef {{model: string, view: string, kind: string, x: XAxis, y: Scale, series: Series[],
 *   readouts: Readout[], sliders: Slider[], defaults: Object<string, number>,
 *   scenarios: {id: string, notice: string, set: Object<string, number>}[],
 *   prefix: string, box: number[], outside: string}} Setup
 */

/**
 * Points of an axis, evenly spaced on its scale.
 * @param {XAxis} axis
 * @returns {number[]}
 */
function axisPoints({ min, max, scale, points }) {
  const at = (i) => i / (points - 1);
  const between = scale === "log"
    ? (i) => min * (max / min) ** at(i)
    : (i) => min + (max - min) * at(i);
  return Array.from({ length: points }, (_, i) => (i === points - 1 ? max : between(i)));
}

/**
 * Times at which a readout looks at its expression.
 * @param {{span: number[], points: number}} readout
 * @returns {number[]}
 */
function readoutTimes({ span: [min, max], points }) {
  return points === 1 ? [min] : axisPoints({ min, max, scale: "linear", points });
}

/**
 * Position of a value on an axis, 0 at its start and 1 at its end.
 * @param {number} value
 * @param {Scale} axis
 * @returns {number}
 */
function position(value, { min, max, scale }) {
  if (scale === "linear") return (value - min) / (max - min);
  return value > 0 ? Math.log(value / min) / Math.log(max / min) : -1;
}

/**
 * The one number that a readout makes of its sampled expression.
 * @param {Readout} readout
 * @param {number[]} samples
 * @returns {number}
 */
function reduceReadout({ rule, span, points }, samples) {
  if (rule === "at") return samples[0];
  let best = 0;
  const upward = rule.endsWith("max");
  for (let i = 1; i < samples.length; i++) {
    if (upward ? samples[i] > samples[best] : samples[i] < samples[best]) best = i;
  }
  return rule.startsWith("time") ? readoutTimes({ span, points })[best] : samples[best];
}

/**
 * Three significant digits for readers, with a thin space between thousands.
 * @param {number} value
 * @returns {string}
 */
export function readable(value) {
  if (!Number.isFinite(value)) return "not defined";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) {
    const [digits, power] = value.toExponential(1).split("e");
    const raised = String(Number(power)).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
    return `${digits.replace("-", "−")}×10${raised}`;
  }
  const rounded = size >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
  const [whole, part] = String(rounded).split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f").replace("-", "−");
  return part ? `${spaced}.${part}` : spaced;
}

/** Solves the model for a figure; knows nothing of the page. */
class Run {
  /** @param {Setup} setup @param {object} model */
  constructor(setup, model) {
    this.setup = setup;
    this.model = model;
    this.x = axisPoints(setup.x);
    this.plan = setup.kind === "time-course"
      ? this.#planTimes(this.x, setup.readouts)
      : this.#planTimes([], setup.readouts);
    this.sweeps = setup.kind === "dose-response" ? this.#planSweeps() : [];
  }

  /** Series with the same settings share their runs. */
  #planSweeps() {
    const groups = new Map();
    for (const series of this.setup.series) {
      const key = JSON.stringify(series.set);
      groups.set(key, [...(groups.get(key) ?? []), series]);
    }
    return [...groups.values()].map((series) => {
      const wanted = new Set(series.map((s) => s.readout));
      const readouts = this.setup.readouts.filter((r) => wanted.has(r.id));
      return { series, plan: this.#planTimes([], readouts) };
    });
  }

  /**
   * Merge the times at which anything is wanted, and remember where each lies.
   * @param {number[]} x
   * @param {Readout[]} readouts
   */
  #planTimes(x, readouts) {
    const looks = readouts.map(readoutTimes);
    const times = [...new Set([...x, ...looks.flat()])].sort((a, b) => a - b);
    const place = new Map(times.map((t, i) => [t, i]));
    return {
      times,
      readouts,
      x: x.map((t) => place.get(t)),
      at: looks.map((at) => at.map((t) => place.get(t))),
    };
  }

  #read(plan, values) {
    return Object.fromEntries(plan.readouts.map((r, k) =>
      [r.id, reduceReadout(r, plan.at[k].map((i) => values[r.symbol][i]))]));
  }

  /** @param {Object<string, number>} parameters */
  solve(parameters) {
    const { setup, model, plan } = this;
    const { values } = simulate(model, { parameters, times: plan.times });
    const readouts = this.#read(plan, values);
    const series = setup.kind === "time-course"
      ? Object.fromEntries(setup.series.map((s) => [s.id, plan.x.map((i) => values[s.symbol][i])]))
      : this.#sweep(parameters);
    return { trajectories: { x: this.x, series }, readouts };
  }

  /** One run for every point of the x axis, for each group of series. */
  #sweep(parameters) {
    const curves = Object.fromEntries(this.setup.series.map((s) => [s.id, []]));
    for (const { series, plan } of this.sweeps) {
      for (const x of this.x) {
        const swept = { ...parameters, ...series[0].set, [this.setup.x.parameter]: x };
        const { values } = simulate(
          this.model, { parameters: swept, times: plan.times, rtol: SWEEP_RTOL });
        const readouts = this.#read(plan, values);
        for (const s of series) curves[s.id].push(readouts[s.readout]);
      }
    }
    return curves;
  }
}

/**
 * Register <nk-explorer> for a page.
 * @param {Object<string, object>} models model objects (as `nkreview export --to js` makes), by name
 * @param {string|URL} folder where NAME.xml lies, for download
 */
export function defineExplorers(models, folder) {
  customElements.define("nk-explorer", class extends HTMLElement {
    /** Curves of the current settings: `{x, series: {id: []}}`. */
    trajectories = null;
    /** Readouts of the current settings, by id. */
    readouts = null;

    connectedCallback() {
      if (this.run) return;
      this.setup = JSON.parse(this.querySelector('script[type="application/json"]').textContent);
      const model = models[this.setup.model];
      if (!model) return this.#say(`The model ${this.setup.model} did not load.`);
      this.run = new Run(this.setup, model);
      this.form = this.querySelector("form");
      this.form.addEventListener("submit", (event) => event.preventDefault());
      this.form.addEventListener("input", (event) => this.#moved(event.target));
      this.form.addEventListener("reset", (event) => {
        event.preventDefault();
        this.#choose(this.setup.scenarios[0].id);
        this.#say("", ".nk-said");
        this.#say("All controls are reset.", ".nk-said");
        this.#redraw();
      });
      this.#makeCursor();
      this.setup.sliders.forEach((slider) => this.#reserve(slider));
      this.querySelector(".nk-sbml").href = new URL(`${this.setup.model}.xml`, folder);
      this.querySelector(".nk-csv").addEventListener("click", () => this.#saveCsv());
      this.querySelectorAll("details").forEach((group) => group.addEventListener("toggle",
        () => group.open && this.#closeOthers(group)));
      addEventListener("hashchange", () => this.#follow(location.hash));
      this.classList.add("nk-live");
      this.#choose(this.setup.scenarios[0].id);
      if (!this.#follow(location.hash)) this.#redraw();
    }

    /** Constants that the current controls set. */
    get settings() {
      const chosen = Object.fromEntries(
        this.setup.sliders.map(({ id }) => [id, Number(this.form.elements[id].value)]));
      return { ...this.#scenario.set, ...chosen };
    }

    get #scenario() {
      return this.setup.scenarios.find(({ id }) => id === this.form.elements.scenario.value);
    }

    /** Whether anything differs from the default run, which then stays behind as a thin line. */
    get #movedAway() {
      const { scenarios, sliders, defaults } = this.setup;
      const usual = { ...defaults, ...scenarios[0].set };
      return this.#scenario !== scenarios[0] || sliders.some(
        ({ id }) => Number(this.form.elements[id].value) !== usual[id]);
    }

    #closeOthers(open) {
      this.querySelectorAll("details").forEach((group) => { if (group !== open) group.open = false; });
    }

    #moved(control) {
      if (control.name === "scenario") this.#choose(control.value);
      this.#redraw();
    }

    /** Put every control where a scenario has it. */
    #choose(id) {
      this.form.elements.scenario.value = id;
      const scenario = this.#scenario;
      for (const slider of this.setup.sliders) {
        this.form.elements[slider.id].value = scenario.set[slider.id] ?? this.setup.defaults[slider.id];
      }
      this.#say(scenario.notice, ".nk-notice");
      this.#say("", ".nk-remark");
    }

    /** Take settings from a link's fragment; say what in it could not be used. */
    #follow(hash) {
      const wanted = new URLSearchParams(hash.slice(1));
      if (wanted.get("nk") !== `${this.setup.model}.${this.setup.view}`) return false;
      wanted.delete("nk");
      const known = this.setup.scenarios.map(({ id }) => id);
      const remarks = [];
      const scenario = wanted.get("scenario") ?? known[0];
      wanted.delete("scenario");
      this.#choose(known.includes(scenario) ? scenario : known[0]);
      if (!known.includes(scenario)) {
        remarks.push(`scenario “${scenario}” does not exist; showing “${known[0]}”`);
      }
      for (const [id, text] of wanted) remarks.push(...this.#set(id, text));
      this.#say(remarks.length ? `In this link: ${remarks.join("; ")}.` : "", ".nk-remark");
      this.#redraw();
      this.scrollIntoView({ block: "nearest" });
      return true;
    }

    /** Set one slider from text; return remarks on what was wrong. */
    #set(id, text) {
      const slider = this.setup.sliders.find((s) => s.id === id);
      if (!slider) return [`there is no setting “${id}”; it was left out`];
      const value = text.trim() === "" ? NaN : Number(text);
      if (Number.isNaN(value)) return [`“${id}” is not a number (${text}); it was left out`];
      const inside = Math.min(Math.max(value, slider.min), slider.max);
      this.form.elements[id].value = inside;
      return inside === value ? [] : [
        `“${slider.label}” goes from ${readable(slider.min)} to ${readable(slider.max)}; ` +
        `${readable(value)} was moved to ${readable(inside)}`];
    }

    /** Write into a live region; writing the same again would be read out again. */
    #say(text, region = ".nk-status") {
      const place = this.querySelector(region);
      if (place.textContent !== text) place.textContent = text;
    }

    #redraw() {
      this.#showPositions();
      try {
        Object.assign(this, this.run.solve(this.settings));
      } catch (error) {
        this.classList.add("nk-failed"); // hides the curves: none is better than a wrong one
        this.trajectories = this.readouts = null;
        this.#mark();
        this.#say(`The model could not be solved at these settings: ${error.message}`);
        return;
      }
      this.classList.remove("nk-failed");
      this.classList.toggle("nk-moved", this.#movedAway);
      const outside = this.setup.series.filter((s) => this.#drawCurve(s.id));
      this.#say(outside.length ? this.setup.outside : "");
      for (const output of this.querySelectorAll("[data-readout]")) {
        output.textContent = readable(this.readouts[output.dataset.readout]);
      }
      this.#mark();
      this.dispatchEvent(new CustomEvent("nk-update", { bubbles: true }));
    }

    /** What a slider shows at a value. */
    #text({ id }, value) {
      const { max, dataset } = this.form.elements[id];
      const atMax = value >= Number(max) && dataset.atMax;
      return atMax || `${readable(value)} ${dataset.unit}`.trim();
    }

    /** Keep room for the longest text, so that nothing moves under the finger. */
    #reserve(slider) {
      const { id, min, max, step } = slider;
      const texts = [min, min + step, max - step, max].map((value) => this.#text(slider, value));
      const output = this.querySelector(`output[for="${this.form.elements[id].id}"]`);
      output.style.minWidth = `${Math.max(...texts.map((text) => text.length))}ch`;
    }

    /** A range input over the plot: where pointer or keys are, the legend tells the values. */
    #makeCursor() {
      const { x, series, box: [left, top, width, height] } = this.setup;
      const plot = this.querySelector(".nk-plot");
      const { width: whole, height: high } = plot.viewBox.baseVal;
      const cursor = document.createElement("input");
      Object.assign(cursor, { type: "range", className: "nk-cursor", min: 0, max: x.points - 1 });
      cursor.setAttribute("aria-label", `Read the curves at ${x.label}`);
      const share = (part, of) => `${(100 * part) / of}%`;
      Object.assign(cursor.style, { left: share(left, whole), width: share(width, whole),
        top: share(top, high), height: share(height, high) });
      plot.after(cursor);
      const mark = plot.appendChild(document.createElementNS(plot.namespaceURI, "g"));
      mark.setAttribute("class", "nk-mark");
      const texts = [...plot.querySelectorAll("text")].reverse(); // the legend comes last
      const legend = series.map(({ label }) => texts.find((text) => text.textContent === label));
      Object.assign(this, { cursor, mark, legend });
      const read = (on) => { this.reading = on; this.#mark(); };
      cursor.addEventListener("pointermove", ({ pointerType, offsetX }) => {
        if (pointerType !== "mouse") return;
        cursor.value = (offsetX / cursor.clientWidth) * cursor.max;
        read(true);
      });
      cursor.addEventListener("pointerleave",
        ({ pointerType }) => pointerType === "mouse" && read(false));
      cursor.addEventListener("input", () => read(true));
      cursor.addEventListener("focus", () => read(true));
      cursor.addEventListener("blur", () => read(false));
    }

    /** Show the values at the cursor, or hide them. */
    #mark() {
      const { setup: { x, series, box: [, top, , height] }, cursor, mark, legend } = this;
      const shown = this.reading && this.trajectories;
      const i = Number(cursor.value);
      const told = series.map(({ id, label }) => {
        if (!shown) return label;
        const values = this.trajectories.series[id];
        const noise = Math.abs(values[i]) < 1e-9 * Math.max(...values);
        return `${label}: ${readable(noise ? 0 : values[i])}`;
      });
      legend.forEach((text, k) => text?.replaceChildren(told[k]));
      mark.replaceChildren();
      if (!shown) return;
      const at = `${readable(this.trajectories.x[i])} ${x.unit}`.trim();
      cursor.setAttribute("aria-valuetext", [at, ...told].join("; "));
      const [px] = this.#place(i, 0);
      const side = i > cursor.max / 2 ? -1 : 1;
      let drawn = `<path d="M${px} ${top}v${height}"/><text x="${Number(px) + 5 * side}" y="${
        top + height - 5}" text-anchor="${side < 0 ? "end" : "start"}">${at}</text>`;
      for (const { id } of series) {
        const [, py] = this.#place(i, this.trajectories.series[id][i]);
        const { stroke } = getComputedStyle(this.querySelector(this.#pathOf(id)));
        if (py >= top && py <= top + height) {
          drawn += `<circle cx="${px}" cy="${py}" r="3.5" fill="${stroke}"/>`;
        }
      }
      mark.innerHTML = drawn;
    }

    #showPositions() {
      const link = new URLSearchParams({ nk: `${this.setup.model}.${this.setup.view}` });
      link.set("scenario", this.#scenario.id);
      for (const { id } of this.setup.sliders) {
        const input = this.form.elements[id];
        const value = Number(input.value);
        const text = this.#text({ id }, value);
        this.querySelector(`output[for="${input.id}"]`).textContent = text;
        input.setAttribute("aria-valuetext", text);
        const usual = this.#scenario.set[id] ?? this.setup.defaults[id];
        if (value !== usual) link.set(id, input.value);
      }
      this.querySelector(".nk-link").href = `#${link}`;
    }

    /** Where in the drawing point `i` of a curve lies, at most one height outside the axes. */
    #place(i, value) {
      const { x, y, box: [left, top, width, height] } = this.setup;
      const up = Math.min(Math.max(position(value, y), -1), 2);
      const right = position(this.trajectories.x[i], x);
      return [left + width * right, top + height * (1 - up)].map((at) => at.toFixed(2));
    }

    #pathOf(id) {
      return `#${CSS.escape(`${this.setup.prefix}curve-${id}`)} path`;
    }

    /** Rewrite one path; return whether the curve leaves the axes upwards. */
    #drawCurve(id) {
      const values = this.trajectories.series[id];
      const points = values.map((value, i) => this.#place(i, value).join(" "));
      this.querySelector(this.#pathOf(id)).setAttribute("d", `M${points.join("L")}`);
      return values.some((value) => position(value, this.setup.y) > 1.001);
    }

    /** The curves as a table; lines that begin with # tell units and settings. */
    #saveCsv() {
      if (!this.trajectories) return;
      const { setup, trajectories: { x, series } } = this;
      const first = setup.x.parameter ?? "time";
      const notes = [
        `${setup.model}, ${setup.view}; scenario ${this.#scenario.id}`,
        ...Object.entries(this.settings).map(([id, value]) =>
          `${id} = ${value} ${this.form.elements[id]?.dataset.unit ?? ""}`.trim()),
        `Column ${first}: ${setup.x.label} (${setup.x.unit || "no unit"})`,
        ...setup.series.map(({ id, label }) =>
          `Column ${id}: ${label}; ${setup.y.label} (${setup.y.unit || "no unit"})`),
      ].map((note) => `# ${note}`);
      const ids = Object.keys(series);
      const rows = x.map((at, i) => [at, ...ids.map((id) => series[id][i])]);
      const lines = [...notes, [first, ...ids], ...rows];
      const file = new Blob([lines.join("\n"), "\n"], { type: "text/csv" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = `${this.setup.model}-${this.setup.view}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    }
  });
}
