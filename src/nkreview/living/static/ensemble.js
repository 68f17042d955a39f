// A view by chance: what to ask of a worker, and what its answers add up to.
import { axisPoints, readable, readoutTimes, reduceReadout } from "./figure.js";

/**
 * @typedef {{runs: number, times: number[],
 *   series: {symbol: string, parameters: Object<string, number>}[]}} Job
 */

/**
 * The runs that a view needs at some settings; run `i` has the seed `i`, from 1 on.
 * @param {import("./figure.js").Setup} setup
 * @param {import("./figure.js").Settings} settings
 * @returns {Job}
 */
export function jobOf(setup, settings) {
  const readout = readoutOf(setup);
  return {
    runs: setup.runs,
    times: readout ? readoutTimes(readout) : axisPoints(setup.x),
    series: setup.series.map(({ symbol, set }) => ({
      symbol: readout?.symbol ?? symbol,
      parameters: { ...settings, ...set, ...setup.held },
    })),
  };
}

/** The readout that is counted, where the view is a histogram. */
function readoutOf({ bins, x, readouts }) {
  return bins && readouts.find(({ id }) => id === x.parameter);
}

/** Adds up runs. */
export class Tally {
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
   * @param {number[][][]} found by series and run, the values at the times of the job
   */
  add(done, found) {
    this.done = done;
    found.forEach((runs, k) => runs.forEach((values) => this.#count(this.counts[k], values)));
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

/** Keeps a worker busy with the newest settings, and shows what comes. */
export class Ensemble {
  #job = 0;

  /**
   * @param {import("./figure.js").Run} run solves the equations of the view
   * @param {string} source the model as an expression
   * @param {(result: object) => void} show
   */
  constructor(run, source, show) {
    Object.assign(this, { run, source, show });
  }

  /**
   * Begin again with other settings.
   * @param {import("./figure.js").Settings} settings
   */
  gather(settings) {
    const { setup } = this.run;
    this.#job++;
    this.worker ??= this.#employ();
    this.tally = new Tally(setup);
    this.readouts = this.run.solve(settings).readouts;
    this.worker.postMessage({ job: this.#job, ...jobOf(setup, settings) });
  }

  /** Dismiss the worker. */
  stop() {
    this.worker?.terminate();
    this.worker = null;
  }

  #employ() {
    const text = `"use strict";\nconst model = ${this.source};\n${Ensemble.script}`;
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const worker = new Worker(address);
    URL.revokeObjectURL(address);
    worker.onmessage = ({ data: { job, done, found, error } }) => {
      if (job !== this.#job) return;
      if (!error) this.tally.add(done, found);
      const { trajectories, text: runs } = this.tally;
      this.show(error ? { error } : { trajectories, runs, readouts: this.readouts });
    };
    worker.onerror = ({ message }) => this.show({ error: message });
    return worker;
  }
}
