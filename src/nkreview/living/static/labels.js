// The names of curves beside them, where there is room; the legend has them all.
import { vector } from "./cursor.js";
import { heightOf, place } from "./figure.js";
import names from "./names.js";

const STEP = 4; // units of the drawing from one place that is looked at to the next
const SIZE = 11.4; // of the type
const LETTER = 0.62 * SIZE; // wide, on average
const [RISE, FALL] = [10.5, 3]; // how far letters reach above and below their line
const NEAR = 5; // from a curve to its name
const FAR = 9; // at least, from a name to any other curve
const LOYAL = 12; // what a name gives for staying where it was

export class Labels {
  #spots = {}; // where each name was
  #texts = {};

  /** @param {HTMLElement} figure the living figure */
  constructor(figure) {
    Object.assign(this, { figure, layer: figure.layer("labels") });
    const [left] = figure.setup.box;
    /** What is measured, and where: its column and how high it lies. */
    this.marks = [...figure.querySelectorAll(`[id*="${names.reference}"] use`)]
      .map(({ x, y }) => [(x.baseVal.value - left) / STEP, y.baseVal.value]);
  }

  /** @param {import("./figure.js").Trajectories} trajectories */
  show(trajectories) {
    const { setup, setup: { series } } = this.figure;
    const courses = series.map(({ id }) => course(setup, trajectories, id));
    const taken = [];
    series.forEach(({ id, label }, k) => {
      const name = label.replace(/ \(.*\)$/, "");
      const wide = Math.ceil(name.length * LETTER / STEP);
      const spot = this.#spots[id] = this.#find(courses, k, wide, taken, this.#spots[id]);
      const text = this.#texts[id] ??= vector("text", { "font-size": SIZE, fill: "currentColor" },
        name);
      if (!spot) return text.remove();
      taken.push(spot);
      this.#put(text, spot);
    });
  }

  /** Move a name, unless it stays. */
  #put(text, { from, near, y, end }) {
    const [left] = this.figure.setup.box;
    const where = { x: left + (from + near) * STEP, y: y.toFixed(1),
      "text-anchor": ["start", "middle", "end"][end] };
    for (const [key, value] of Object.entries(where)) {
      if (text.getAttribute(key) !== `${value}`) text.setAttribute(key, value);
    }
    if (!text.parentNode) this.layer.append(text);
  }

  /** The best place for the name of a curve, if there is one. */
  #find(courses, k, wide, taken, before) {
    const { stacked, box: [, top, , height] } = this.figure.setup;
    let best;
    for (let from = 2; from + wide + 1 < courses[k].length; from++) {
      const here = courses.map((all) => all.slice(from, from + wide + 1));
      const reach = here.map((some) => [Math.min(...some), Math.max(...some)]);
      const [high, low] = reach[k];
      for (const over of stacked ? [false] : [true, false]) { // an area is named within
        const y = over ? high - NEAR : low + NEAR + RISE;
        if (y - RISE < top || y + FALL > top + height) continue;
        const free = Math.min(2 * FAR, ...reach.map(([up, down], j) =>
          (j === k ? 2 * FAR : Math.max(y - RISE - down, up - y - FALL))));
        if (free < FAR || taken.some((other) => from <= other.from + other.wide + 2
          && other.from <= from + wide + 2 && Math.abs(y - other.y) < RISE + FALL)
          || this.marks.some(([at, height]) => from < at + 2 && at < from + wide + 2
            && y - RISE < height + NEAR && height < y + FALL + NEAR)) continue;
        const stays = before && before.over === over && Math.abs(before.from - from) < 2;
        const worth = free - (low - high) / 2 + (stays ? LOYAL : 0);
        if (best && worth <= best.worth) continue;
        // Letters are not all as wide as the average, so the name is tied to where it is nearest.
        const end = Math.round(2 * here[k].indexOf(over ? high : low) / wide);
        best = { from, wide, y, over, worth, end, near: wide * end / 2 };
      }
    }
    return best;
  }
}

/** How high a curve lies in the drawing, from the left of the axes to the right. */
function course(setup, trajectories, id) {
  const { box: [left, , width] } = setup;
  const points = trajectories.x.map((x, i) => place(setup, x, heightOf(setup, trajectories, id, i)));
  let next = 1;
  return Array.from({ length: Math.floor(width / STEP) + 1 }, (_, column) => {
    const x = left + column * STEP;
    while (next < points.length - 1 && points[next][0] < x) next++;
    const [[x0, y0], [x1, y1]] = [points[next - 1], points[next]];
    return y0 + (y1 - y0) * Math.min(Math.max((x - x0) / (x1 - x0), 0), 1);
  });
}
