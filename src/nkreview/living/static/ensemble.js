// A view by chance: what to ask of a worker, and what its answers add up to.
import { Crew } from "./crew.js";
import { axisPoints, readable, readoutTimes, reduceReadout } from "./figure.js";

/**
 * The runs that a view needs at some settings; each task is a seed, from 1 on.
 * @param {import("./figure.js").Setup} setup
 * @param {import("./figure.js").Settings} settings
 * @returns {import("./crew.js").Job}
 */
function jobOf(setup, settings) {
  const readout = readoutOf(setup);
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
    this.done = 0;
    this.beyond = 0;
  }

  /**
   * Count more runs.
   * @param {number} done how many there are now
   * @param {number[][][]} found by run and series, the values at the times of the job
   */
  add(done, found) {
    this.done = done;
    found.forEach((run) => run.forEach((values, k) => this.#count(this.counts[k], values)));
  }

  #count(counts, values) {
    const { setup } = this;
    if (!setup.bins) {
      values.forEach((holds, i) => { if (holds > 0) counts[i]++; });
      return;
    }
    const value = reduceReadout(readoutOf(setup), values);
    const bin = Math.floor((value - setup.bins.min) / setup.bins.width + 0.5);
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
    const { done, beyond, setup: { runs, series } } = this;
    const count = done < runs ? `${readable(done)} of ${readable(runs)}` : readable(runs);
    const each = series.length > 1 ? " for each curve" : "";
    return `${count} runs drawn${each}${beyond ? `; ${readable(beyond)} lie beyond the axis` : ""}.`;
  }
}

/** Draws the runs of a view by chance. */
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
  gather(settings) {
    const { figure, figure: { run, setup } } = this;
    const tally = new Tally(setup);
    const { readouts } = run.solve(settings);
    this.crew.begin(jobOf(setup, settings), ({ done, found, error }) => {
      if (error) return figure.show({ error });
      tally.add(done, found);
      figure.show({ trajectories: tally.trajectories, runs: tally.text, readouts });
    });
  }
}
