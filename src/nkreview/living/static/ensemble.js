// A view of many runs, by chance or over the draws: what to ask of a worker, and what its answers add up to.
import { openOf, tasksOf } from "./bands.js";
import { Crew } from "./crew.js";
import { axisPoints, readable, readoutTimes, reduceReadout } from "./figure.js";

/**
 * The runs that a view needs at some settings; each task is a draw, or a seed, from 1 on.
 * @param {import("./figure.js").Setup} setup
 * @param {import("./figure.js").Settings} settings
 * @param {import("./bands.js").Draws} [draws]
 * @returns {import("./crew.js").Job}
 */
function jobOf(setup, settings, draws) {
  const readout = readoutOf(setup);
  if (draws) {
    const columns = setup.series.map(({ set }) => {
      const open = openOf(draws, { ...settings, ...set, ...setup.held }, []);
      return tasksOf(draws, open).map((draw) => ({ ...set, ...draw }));
    });
    return {
      way: "solve",
      tasks: draws.rows.flatMap((_, i) => columns.map((column) => column[i])),
      work: { setup: { ...setup, readouts: [readout] }, settings },
    };
  }
  return {
    way: "chance",
    tasks: Array.from({ length: setup.runs }, (_, i) => i + 1),
    work: {
      times: readout ? readoutTimes(readout) : axisPoints(setup.x),
      series: setup.series.map(({ symbol, set }) => ({
        symbol: readout?.symbol ?? symbol,
        parameters: { ...settings, ...set, ...setup.held },
      })),
    },
  };
}

/** The readout that is counted, where the view is a histogram. */
function readoutOf({ bins, x, readouts }) {
  return bins && readouts.find(({ id }) => id === x.parameter);
}

/** Adds up runs. */
class Tally {
  /** @param {import("./figure.js").Setup} setup */
  constructor(setup) {
    this.setup = setup;
    this.x = axisPoints(setup.bins ?? setup.x);
    this.counts = setup.series.map(() => this.x.map(() => 0));
    Object.assign(this, { seen: 0, beyond: 0 });
  }

  /**
   * Count more runs.
   * @param {any[]} found for each run what each series gave: by chance the values at the times of
   *   the job, else readouts
   */
  add(found) {
    const many = this.counts.length;
    found.flat().forEach((given) => this.#count(this.counts[this.seen++ % many], given));
    this.done = Math.floor(this.seen / many);
  }

  #count(counts, given) {
    const { setup, setup: { bins, x: { parameter } } } = this;
    if (!bins) {
      given.forEach((holds, i) => { if (holds > 0) counts[i]++; });
      return;
    }
    const value = given.readouts?.[parameter] ?? reduceReadout(readoutOf(setup), given);
    const bin = Math.floor((value - bins.min) / bins.width + 0.5);
    if (bin in counts) counts[bin]++;
    else this.beyond++;
  }

  /** Shares in per cent. */
  get trajectories() {
    const shares = this.counts.map((counts) => counts.map((n) => (100 * n) / this.done));
    const series = this.setup.series.map(({ id }, k) => [id, shares[k]]);
    return { x: this.x, series: Object.fromEntries(series) };
  }

  /** How much of the picture is there. */
  get text() {
    const { done, beyond, setup: { over, runs, series } } = this;
    const count = done < runs ? `${readable(done)} of ${readable(runs)}` : readable(runs);
    const each = series.length > 1 ? " for each curve" : "";
    const what = over ? "draws counted" : "runs drawn";
    return `${count} ${what}${each}${beyond ? `; ${readable(beyond)} lie beyond the axis` : ""}.`;
  }
}

/** Makes the runs of a view, and counts them. */
export class Ensemble {
  /** @param {HTMLElement} figure the living figure */
  constructor(figure) {
    this.figure = figure;
    this.crew = new Crew(figure.source);
  }

  /**
   * Begin again with other settings.
   * @param {import("./figure.js").Settings} settings
   */
  async gather(settings) {
    const { figure, figure: { run, setup } } = this;
    const tally = this.newest = new Tally(setup);
    const { readouts } = run.solve(settings);
    const draws = setup.over && await figure.data("draws");
    if (tally !== this.newest) return;
    this.crew.begin(jobOf(setup, settings, draws), ({ found, error }) => {
      if (error) return figure.show({ error });
      tally.add(found);
      figure.show({ trajectories: tally.trajectories, runs: tally.text, readouts });
    });
  }
}
