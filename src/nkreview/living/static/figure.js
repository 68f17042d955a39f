// A living figure without its page: from its setup to runs, curves, paths and the words beside them.
import { simulate } from "./solver.js";

/** A sweep solves the model dozens of times; this is still finer than the curve is wide. */
const SWEEP_RTOL = 2e-4;

/**
 * @typedef {{label: string, unit: string, min: number, max: number, scale: "linear"|"log"}} Scale
 * @typedef {Scale & {points: number, parameter?: string, categories?: string[]}} XAxis
 * @typedef {{id: string, label: string, symbol?: string, readout?: string,
 *   set?: Object<string, number>}} Series
 * @typedef {{id: string, symbol: string, rule: string, span: number[], points: number}} Readout
 * @typedef {Scale & {id: string, step: number, at_max: string|null}} Slider `step` of a log scale
 *   is in decades, and every value of three digits is a position
 * @typedef {{id: string, label: string, notice: string, set: Object<string, number>}} Scenario
 * @typedef {{key: string, prefix: string, box: number[], kind: string, x: XAxis, y: Scale,
 *   model: string, view: string, series: Series[], readouts: Readout[], sliders: Slider[],
 *   defaults: Object<string, number>, scenarios: Scenario[], sbml?: string, stacked?: boolean,
 *   predict?: string, runs?: number, over?: "draws", held?: Settings,
 *   bins?: XAxis & {width: number},
 *   colour?: Scale & {readout: string, categories: string[]},
 *   columns?: {id: string, label: string, unit: string}[],
 *   levels?: number, bar?: number[], best?: "max"|"min", ridge?: "max"|"min"}} Setup
 * @typedef {Object<string, number>} Settings values of constants, by id
 * @typedef {{x: number[], series: Object<string, number[]>}} Trajectories
 */

/**
 * Points of an axis, evenly spaced on its scale.
 * @param {XAxis} axis
 * @returns {number[]}
 */
export function axisPoints({ min, max, scale, points }) {
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
export function readoutTimes({ span: [min, max], points }) {
  return points === 1 ? [min] : axisPoints({ min, max, scale: "linear", points });
}

/**
 * Position of a value on an axis, 0 at its start and 1 at its end.
 * @param {number} value
 * @param {Scale} axis
 * @returns {number}
 */
export function position(value, { min, max, scale }) {
  if (scale === "linear") return (value - min) / (max - min);
  return value > 0 ? Math.log(value / min) / Math.log(max / min) : -1;
}

/**
 * The one number that a readout makes of its sampled expression.
 * @param {Readout} readout
 * @param {number[]} samples
 * @returns {number}
 */
export function reduceReadout({ rule, span, points }, samples) {
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
  // What two digits round up to a thousandth is written like one.
  if (size !== 0 && (Number(size.toExponential(1)) < 1e-3 || size >= 1e9)) {
    const [digits, power] = value.toExponential(1).split("e");
    const raised = String(Number(power)).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
    return `${digits.replace("-", "−")}×10${raised}`;
  }
  const rounded = size >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
  const [whole, part] = String(rounded).split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f").replace("-", "−");
  return part ? `${spaced}.${part}` : spaced;
}

/** Solves the model for a figure. */
export class Run {
  /**
   * @param {Setup} setup
   * @param {object} model
   * @param {number[]} [x] where on the x axis
   */
  constructor(setup, model, x = axisPoints(setup.bins ?? setup.x)) {
    Object.assign(this, { setup, model, x });
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
      only: [...readouts, ...this.setup.series].map(({ symbol }) => symbol),
      x: x.map((t) => place.get(t)),
      at: looks.map((at) => at.map((t) => place.get(t))),
    };
  }

  #read(plan, values) {
    return Object.fromEntries(plan.readouts.map((r, k) =>
      [r.id, reduceReadout(r, plan.at[k].map((i) => values[r.symbol][i]))]));
  }

  /**
   * Curves and readouts at these settings; throws rather than give a wrong curve.
   * @param {Settings} settings
   * @returns {{trajectories: Trajectories, readouts: Object<string, number>}}
   */
  solve(settings) {
    const { setup, model, plan } = this;
    const parameters = { ...settings, ...setup.held };
    const { values } = simulate(model, { parameters, times: plan.times, only: plan.only });
    const readouts = this.#read(plan, values);
    const series = setup.kind === "time-course"
      ? Object.fromEntries(setup.series.map((s) => [s.id, plan.x.map((i) => values[s.symbol][i])]))
      : this.#sweep(parameters);
    return { trajectories: { x: this.x, series }, readouts };
  }

  /**
   * One run for every point of the x axis, for each group of series. The slider of the constant
   * that is swept changes none of them.
   */
  #sweep(parameters) {
    const { [this.setup.x.parameter]: _swept, ...fixed } = parameters;
    const key = JSON.stringify(fixed);
    if (this.sweptAt !== key) Object.assign(this, { swept: this.#runs(parameters), sweptAt: key });
    return this.swept;
  }

  #runs(parameters) {
    const curves = Object.fromEntries(this.setup.series.map((s) => [s.id, []]));
    for (const { series, plan } of this.sweeps) {
      for (const x of this.x) {
        const swept = { ...parameters, ...series[0].set, [this.setup.x.parameter]: x };
        const { values } = simulate(this.model,
          { parameters: swept, times: plan.times, only: plan.only, rtol: SWEEP_RTOL });
        const readouts = this.#read(plan, values);
        for (const s of series) curves[s.id].push(readouts[s.readout]);
      }
    }
    return curves;
  }
}

/**
 * Where in the drawing a point lies, at most one height outside the axes.
 * @param {Setup} setup
 * @param {number} x
 * @param {number} y
 * @returns {number[]}
 */
export function place({ x: xAxis, y: yAxis, box: [left, top, width, height] }, x, y) {
  const up = Math.min(Math.max(position(y, yAxis), -1), 2);
  return [left + width * position(x, xAxis), top + height * (1 - up)];
}

/**
 * At what height a series is drawn: its value, and what is below it where areas are stacked.
 * @param {Setup} setup
 * @param {Trajectories} trajectories
 * @param {string} id of the series
 * @param {number} i a point of x
 * @returns {number}
 */
export function heightOf({ stacked, series }, { series: values }, id, i) {
  if (!stacked) return values[id][i];
  const upTo = series.findIndex((one) => one.id === id) + 1;
  return series.slice(0, upTo).reduce((sum, one) => sum + values[one.id][i], 0);
}

/** Corners of what is drawn of a series: a curve, the outline of a histogram, or an area. */
function cornersOf(setup, trajectories, id) {
  const { x, series: { [id]: values } } = trajectories;
  if (setup.bins) {
    const half = setup.bins.width / 2;
    const tops = x.flatMap((at, i) => [-half, half].map((to) => [at + to, values[i]]));
    return [[x[0] - half, 0], ...tops, [x.at(-1) + half, 0]];
  }
  const tops = x.map((at, i) => [at, heightOf(setup, trajectories, id, i)]);
  if (!setup.stacked) return tops;
  return [...tops, ...tops.map(([at, top], i) => [at, top - values[i]]).reverse()];
}

/**
 * The `d` of what is drawn of a series.
 * @param {Setup} setup
 * @param {Trajectories} trajectories
 * @param {string} id of the series
 * @returns {string}
 */
export function pathOf(setup, trajectories, id) {
  const points = cornersOf(setup, trajectories, id)
    .map(([at, y]) => place(setup, at, y).map((to) => to.toFixed(2)).join(" "));
  return `M${points.join("L")}`;
}

/**
 * Whether a curve leaves the axes at the top.
 * @param {Setup} setup
 * @param {Trajectories} trajectories
 * @returns {boolean}
 */
export function leaves(setup, trajectories) {
  const above = (id, i) => position(heightOf(setup, trajectories, id, i), setup.y) > 1.001;
  return setup.series.some(({ id }) => trajectories.x.some((_, i) => above(id, i)));
}

/**
 * What the legend says of a series where the cursor stands.
 * @param {Series} series
 * @param {number[]} values of the whole curve
 * @param {number} i the cursor's point
 * @returns {string}
 */
export function reading({ label }, values, i) {
  const noise = Math.abs(values[i]) < 1e-9 * Math.max(...values);
  return `${label}: ${readable(noise ? 0 : values[i])}`;
}

/**
 * Where the control of a slider stands at a value: on a log scale it moves by decades.
 * @param {Slider} slider
 * @param {number} value
 * @returns {number}
 */
export function standAt({ scale }, value) {
  return scale === "log" ? Math.log10(value) : value;
}

/**
 * The value of a slider whose control stands somewhere.
 * @param {Slider} slider
 * @param {number} stand
 * @returns {number}
 */
export function valueAt({ scale, min, max }, stand) {
  if (scale !== "log") return stand;
  return Math.min(Math.max(Number((10 ** stand).toPrecision(3)), min), max);
}

/**
 * What a slider shows at a value: a number and its unit, or the word at its end.
 * @param {Slider} slider
 * @param {number} value
 * @returns {[string, string]}
 */
export function positionText({ max, unit, at_max: atMax }, value) {
  return (value >= max && atMax) ? [atMax, ""] : [readable(value), unit];
}

/**
 * The number that a reader typed: with spaces or commas between thousands, a point or a comma
 * before decimals, a true minus, or the word at the slider's end.
 * @param {Slider} slider
 * @param {string} text
 * @returns {number} NaN for what is none
 */
export function readNumber({ max, at_max: atMax }, text) {
  const plain = text.replace(/\s/g, "").replace("−", "-");
  if (atMax && plain === atMax.replace(/\s/g, "")) return max;
  const thousands = /^-?\d{1,3}(,\d{3})+(\.|$)/.test(plain);
  return plain ? Number(plain.replace(/,/g, thousands ? "" : ".")) : NaN;
}

/**
 * What to say when a slider cannot stand where it was put; empty when it can.
 * @param {Slider} slider
 * @param {number} wanted
 * @returns {string}
 */
export function clampRemark({ label, unit, min, max }, wanted) {
  if (Number.isNaN(wanted)) return `“${label}” takes a number; what was typed is none`;
  if (wanted >= min && wanted <= max) return "";
  const range = `${readable(min)} to ${readable(max)} ${unit}`.trim();
  return `“${label}” goes from ${range}; ${readable(wanted)} was moved to ` +
    readable(wanted < min ? min : max);
}

/**
 * Where the control of a slider stands after a step by key. On a linear scale a usual step is
 * about a fortieth of the way, a fine one the slider's own; a coarse one is a tenth of the way.
 * @param {Slider} slider
 * @param {number} stand
 * @param {number} towards 1 or -1
 * @param {"fine"|"usual"|"coarse"} size
 * @returns {number}
 */
export function stepped(slider, stand, towards, size) {
  const { step, scale } = slider;
  const way = standAt(slider, slider.max) - standAt(slider, slider.min);
  const log = scale === "log";
  const many = [20, 10, 5, 2].find((n) => n * step <= way / 40) ?? 1;
  const usual = log ? step : many * step;
  const fine = log ? Math.max(step / 10, 0.005) : step; // in decades: seen in the third digit
  const coarse = Math.max(usual, log ? way / 10 : Math.round(way / 10 / step) * step);
  return standAt(slider, valueAt(slider, stand)) + towards * { fine, usual, coarse }[size];
}

/**
 * Where a scenario puts the sliders.
 * @param {Setup} setup
 * @param {Scenario} scenario
 * @returns {Settings}
 */
export function preset({ sliders, defaults }, { set }) {
  return Object.fromEntries(sliders.map(({ id }) => [id, set[id] ?? defaults[id]]));
}

/**
 * Whether a run differs from the default run, which then stays behind as a thin line.
 * @param {Setup} setup
 * @param {Scenario} scenario
 * @param {Settings} settings
 * @returns {boolean}
 */
export function differs(setup, scenario, settings) {
  const [first] = setup.scenarios;
  const usual = { ...first.set, ...preset(setup, first) };
  return scenario !== first || Object.entries(settings).some(([id, at]) => at !== usual[id]);
}

/**
 * What a fragment asks of a figure: null when it is not for this one.
 * @param {Setup} setup
 * @param {string} fragment
 * @returns {{scenario: Scenario, settings: Settings, remarks: string[]} | null}
 */
export function readLink(setup, fragment) {
  const wanted = new URLSearchParams(fragment.slice(1));
  if (wanted.get("nk") !== setup.key) return null;
  const [first] = setup.scenarios;
  const name = wanted.get("scenario") ?? first.id;
  const scenario = setup.scenarios.find(({ id }) => id === name);
  const remarks = scenario ? [] : [`scenario “${name}” does not exist; showing “${first.id}”`];
  const settings = preset(setup, scenario ?? first);
  wanted.delete("nk");
  wanted.delete("scenario");
  for (const [id, text] of wanted) {
    const slider = setup.sliders.find((s) => s.id === id);
    const value = text.trim() === "" ? NaN : Number(text);
    if (!slider) remarks.push(`there is no setting “${id}”; it was left out`);
    else if (Number.isNaN(value)) remarks.push(`“${id}” is not a number (${text}); it was left out`);
    else {
      settings[id] = Math.min(Math.max(value, slider.min), slider.max);
      if (settings[id] !== value) remarks.push(clampRemark(slider, value));
    }
  }
  return { scenario: scenario ?? first, settings, remarks };
}
