// A map: one readout as colour over two constants, computed cell by cell and read with a cursor.
import { Crew } from "./crew.js";
import { layOver, make, vector } from "./cursor.js";
import { axisPoints, position, readable } from "./figure.js";
import names from "./names.js";

const STEPS = [8, 4, 2, 1]; // first every eighth cell, at last each

/**
 * The cells of a grid in the order in which they are computed, coarse first.
 * @param {number} across
 * @param {number} up
 * @returns {number[]} cell `j * across + i` is the i-th of row j
 */
export function coarseFirst(across, up) {
  const order = new Set();
  for (const step of STEPS) {
    for (let j = 0; j < up; j += step) {
      for (let i = 0; i < across; i += step) order.add(j * across + i);
    }
  }
  return [...order];
}

/**
 * The grid with each unknown cell like the nearest known one before it.
 * @param {number[]} values NaN where unknown
 * @param {number} across
 * @returns {number[]}
 */
export function filled(values, across) {
  return values.map((value, cell) => {
    const [i, j] = [cell % across, Math.floor(cell / across)];
    const coarse = (step) => values[(j - (j % step)) * across + (i - (i % step))];
    return [...STEPS].reverse().map(coarse).find((found) => !Number.isNaN(found)) ?? value;
  });
}

/** Which of some values is the best; NaN never is. */
function bestOf(values, which) {
  const sign = which === "max" ? 1 : -1;
  return values.reduce((best, value, i) =>
    (sign * value > sign * values[best] || Number.isNaN(values[best]) ? i : best), 0);
}

/** The picture of a map, and who computes it. */
export class Chart {
  /** @param {HTMLElement} figure the living figure */
  constructor(figure) {
    const { setup } = figure;
    Object.assign(this, { figure, setup, crew: new Crew(figure.source) });
    this.xs = axisPoints(setup.x);
    this.ys = axisPoints(setup.y);
    this.order = coarseFirst(this.xs.length, this.ys.length);
    this.#makeCursor();
  }

  /** The values of an axis's cells. */
  get #cells() {
    return this.order.map((_, cell) =>
      [this.xs[cell % this.xs.length], this.ys[Math.floor(cell / this.xs.length)]]);
  }

  /**
   * Begin again with other settings.
   * @param {import("./figure.js").Settings} settings
   */
  gather(settings) {
    const { figure, setup, setup: { x, y, colour, runs }, order } = this;
    const cells = this.#cells;
    const values = order.map(() => NaN);
    const { readouts } = figure.run.solve(settings);
    const trajectories = { x: cells.map(([at]) => at),
      series: { [y.parameter]: cells.map(([, at]) => at), [colour.readout]: values } };
    const shown = setup.readouts.filter(({ id }) => id === colour.readout);
    const job = {
      way: "solve",
      work: { setup: { ...setup, readouts: shown }, settings },
      tasks: order.map((cell) => ({ [x.parameter]: cells[cell][0], [y.parameter]: cells[cell][1] })),
    };
    this.crew.begin(job, ({ done, found, error }) => {
      if (error) return figure.show({ error });
      found.forEach((run, k) => {
        values[order[done - found.length + k]] = run.readouts[colour.readout];
      });
      const text = done < runs ? `${done} of ${runs} cells computed.` : `${runs} cells computed.`;
      figure.show({ trajectories, readouts, runs: text });
      if (done === runs && this.told) figure.say(this.words, names.said);
      this.told ||= done === runs; // at first nobody has asked
    });
  }

  /**
   * Draw cells and marks.
   * @param {import("./figure.js").Trajectories} trajectories
   */
  draw({ series }) {
    const { figure, setup, setup: { levels, colour, best, ridge } } = this;
    const across = this.xs.length;
    this.values = filled(series[colour.readout].map((value) => value ?? NaN), across);
    const steps = this.values.map((value) => Math.min(Math.max(this.#height(value), 0), levels - 1));
    const paths = Array.from({ length: levels }, () => "");
    for (let cell = 0, end; cell < steps.length; cell = end) {
      end = cell + 1;
      while (end % across && steps[end] === steps[cell]) end++;
      if (Number.isNaN(steps[cell])) continue;
      const [x, y, w, h] = this.#box(cell);
      paths[steps[cell]] += `M${x} ${y}h${round(w * (end - cell))}v${h}H${x}z`;
    }
    paths.forEach((d, k) => figure.drawn(names.level, k, "path").setAttribute("d", d));
    if (best) this.#markBest(bestOf(this.values, best));
    if (ridge) this.#markRidge(ridge);
    this.#read();
  }

  /** On which step of the colour scale a value lies. */
  #height(value) {
    return Math.floor(this.setup.levels * position(value, this.setup.colour));
  }

  /** Left, top, width and height of a cell. */
  #box(cell) {
    const { xs, ys, setup: { box: [left, top, width, height] } } = this;
    const [i, j] = [cell % xs.length, Math.floor(cell / xs.length)];
    const [w, h] = [width / xs.length, height / ys.length];
    return [left + i * w, top + (ys.length - 1 - j) * h, w, h].map(round);
  }

  #middle(cell) {
    const [x, y, w, h] = this.#box(cell);
    return [round(x + w / 2), round(y + h / 2)];
  }

  #markBest(cell) {
    const [x, y] = this.#middle(cell);
    const spot = this.figure.drawn(names.curve, "best", "use");
    spot.setAttribute("x", x);
    spot.setAttribute("y", y);
    const which = this.setup.best === "max" ? "highest" : "lowest";
    this.figure.drawn(names.legend, "best", "text").textContent = `${which}: ${this.#told(cell)}`;
  }

  /** A line through the best cell of each row, where a row has more than one colour. */
  #markRidge(which) {
    const across = this.xs.length;
    const places = this.ys.map((_, j) => {
      const row = this.values.slice(j * across, (j + 1) * across);
      const ways = row.map((v) => Math.min(Math.max(position(v, this.setup.colour), 0), 1));
      const flat = (Math.max(...ways) - Math.min(...ways)) * this.setup.levels < 1;
      return flat ? null : this.#middle(j * across + bestOf(row, which)).join(" ");
    }).filter(Boolean);
    const line = this.figure.querySelectorAll(
      `#${CSS.escape(`${this.setup.prefix}${names.curve}ridge`)} path`);
    line.forEach((path) => path.setAttribute("d", places.length ? `M${places.join("L")}` : ""));
  }

  /** A cell's value and place in words. */
  #told(cell) {
    const { colour, x, y } = this.setup;
    const [at, up] = [this.xs[cell % this.xs.length], this.ys[Math.floor(cell / this.xs.length)]];
    const [value, ...place] = [[this.values[cell], colour], [at, x], [up, y]].map(
      ([n, { unit, categories }]) => categories?.[n] ?? `${readable(n)} ${unit}`.trim());
    return `${value} at ${place.join(", ")}`;
  }

  /** The whole map in words. */
  get words() {
    const { colour: { label, categories }, runs } = this.setup;
    if (categories[0]) {
      const told = categories.map((name, k) => {
        const share = this.values.filter((value) => value === k).length / runs;
        return share && `${name} in ${Math.round(100 * share)} %`;
      });
      return `${label}: ${told.filter(Boolean).join(", ")}.`;
    }
    const [high, low] = ["max", "min"].map((which) => this.#told(bestOf(this.values, which)));
    return `${label}: highest ${high}; lowest ${low}.`;
  }

  /** A slider of two directions over the plot: where pointer or keys are, the cell is told. */
  #makeCursor() {
    const { figure, setup: { x, y }, xs, ys } = this;
    const plot = figure.querySelector(`.${names.plot}`);
    const cursor = make("div", { className: names.cursor, tabIndex: 0, role: "slider" });
    Object.entries({ "aria-label": `Read the map: left and right along ${x.label}, ` +
      `up and down along ${y.label}`, "aria-valuemin": 1, "aria-valuemax": xs.length * ys.length })
      .forEach(([name, value]) => cursor.setAttribute(name, value));
    layOver(figure, plot, cursor);
    this.mark = plot.appendChild(vector("g", { class: names.mark }));
    Object.assign(this, { cursor, cell: 0 });
    const read = (on) => { this.reading = on; this.#read(); };
    const point = ({ offsetX, offsetY }) => {
      this.#go(Math.floor((offsetX / cursor.clientWidth) * xs.length),
        ys.length - 1 - Math.floor((offsetY / cursor.clientHeight) * ys.length));
      read(true);
    };
    cursor.addEventListener("pointermove", point);
    cursor.addEventListener("pointerdown", point);
    cursor.addEventListener("pointerleave",
      ({ pointerType }) => pointerType === "mouse" && read(false));
    cursor.addEventListener("focus", () => read(true));
    cursor.addEventListener("blur", () => read(false));
    cursor.addEventListener("keydown", (event) => {
      const [i, j] = [this.cell % xs.length, Math.floor(this.cell / xs.length)];
      const to = { ArrowLeft: [i - 1, j], ArrowRight: [i + 1, j], ArrowUp: [i, j + 1],
        ArrowDown: [i, j - 1], Home: [0, j], End: [xs.length, j], PageUp: [i, ys.length],
        PageDown: [i, 0] }[event.key];
      if (!to) return;
      event.preventDefault();
      this.#go(...to);
      read(true);
    });
  }

  #go(i, j) {
    const within = (k, most) => Math.min(Math.max(k, 0), most - 1);
    this.cell = within(j, this.ys.length) * this.xs.length + within(i, this.xs.length);
  }

  /** Show the value of the cell at the cursor, or hide it. */
  #read() {
    const { setup: { colour, bar }, figure, mark, cell, cursor } = this;
    const legend = figure.drawn(names.legend, "colour", "text");
    this.title ??= legend.textContent;
    mark.replaceChildren();
    const reading = this.reading && this.values;
    const told = reading ? this.#told(cell) : "";
    legend.textContent = reading ? `${colour.label}: ${told}` : this.title;
    cursor.setAttribute("aria-valuenow", cell + 1);
    cursor.setAttribute("aria-valuetext", told || "nothing yet");
    if (!reading) return;
    const [x, y, width, height] = this.#box(cell);
    const at = Math.min(Math.max(position(this.values[cell], colour), 0), 1);
    const [left, top, wide, high] = bar;
    mark.append(vector("rect", { x, y, width, height }), vector("rect", { x, y, width, height }),
      vector("path", { d: `M${round(left + wide * at)} ${top - 2}v${high + 4}` }));
  }
}

function round(number) {
  return Number(number.toFixed(2));
}
