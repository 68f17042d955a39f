// What the draws of a model leave open of a figure: bands, intervals, and which constants leave it.
// The kernel computes the same (model/bands.py).
import { place, position } from "./figure.js";

const ENDS = [0.05, 0.95]; // nine tenths of the draws lie between them at each point

/**
 * @typedef {{id: string, label: string, status: string, value: number}} Constant its value is the
 *   model's own
 * @typedef {{constants: Constant[], rows: number[][]}} Draws
 * @typedef {{x: number[], series: Object<string, number[][]>,
 *   readouts: Object<string, number[]>}} Band low and high ends
 */

/**
 * The constants that are drawn: their status is not held, and nobody has moved them.
 * @param {Draws} draws
 * @param {import("./figure.js").Settings} settings
 * @param {string[]} hold statuses
 * @returns {Constant[]}
 */
export function openOf({ constants }, settings, hold) {
  return constants.filter(({ id, status, value }) =>
    !hold.includes(status) && !moved(settings[id] ?? value, value));
}

/** Whether a value is another one, and not the same written otherwise. */
function moved(value, usual) {
  return Math.abs(value - usual) > 1e-9 * Math.max(Math.abs(value), Math.abs(usual));
}

/**
 * What each run of a band changes.
 * @param {Draws} draws
 * @param {Constant[]} open
 * @returns {import("./figure.js").Settings[]}
 */
export function tasksOf({ constants, rows }, open) {
  const columns = open.map((constant) => [constant.id, constants.indexOf(constant)]);
  return rows.map((row) => Object.fromEntries(columns.map(([id, k]) => [id, row[k]])));
}

/**
 * @param {{trajectories: import("./figure.js").Trajectories, readouts: object}[]} runs
 * @returns {Band}
 */
export function bandOf(runs) {
  const [{ trajectories: { x, series }, readouts }] = runs;
  const ends = (pick) => {
    const sorted = runs.map(pick).sort((a, b) => a - b);
    return ENDS.map((end) => quantile(sorted, end));
  };
  const each = (ids, make) => Object.fromEntries(ids.map((id) => [id, make(id)]));
  return {
    x,
    series: each(Object.keys(series), (id) =>
      x.map((_, i) => ends((run) => run.trajectories.series[id][i]))),
    readouts: each(Object.keys(readouts), (id) => ends((run) => run.readouts[id])),
  };
}

/** A quantile of sorted values, on a straight line between two of them. */
function quantile(sorted, end) {
  const at = (sorted.length - 1) * end;
  const below = Math.floor(at);
  const above = sorted[Math.ceil(at)];
  return sorted[below] + (above - sorted[below]) * (at - below);
}

/**
 * How much of the drawn width each constant explains, the largest first: the square of its rank
 * correlation with the height of a curve, averaged over all points, each as heavy as the band is
 * wide there.
 * @param {import("./figure.js").Setup} setup
 * @param {Constant[]} open
 * @param {import("./figure.js").Settings[]} tasks
 * @param {object[]} runs
 * @param {Band} band
 * @returns {{constant: Constant, share: number}[]}
 */
export function ownersOf({ y }, open, tasks, runs, { series }) {
  const ranks = open.map(({ id }) => standardRanks(tasks.map((task) => task[id])));
  const sums = open.map(() => 0);
  let whole = 0;
  const height = (value) => Math.min(Math.max(position(value, y), 0), 1);
  for (const [id, ends] of Object.entries(series)) {
    ends.forEach(([low, high], i) => {
      const width = height(high) - height(low);
      if (!(width > 0)) return;
      whole += width;
      const heights = standardRanks(runs.map((run) => run.trajectories.series[id][i]));
      ranks.forEach((rank, k) => {
        sums[k] += width * rank.reduce((sum, r, n) => sum + r * heights[n], 0) ** 2;
      });
    });
  }
  return open.map((constant, k) => ({ constant, share: whole && sums[k] / whole }))
    .sort((a, b) => b.share - a.share);
}

/** Ranks with mean 0 and length 1, equal values with the same; what does not vary is 0. */
function standardRanks(values) {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = values.map(() => 0);
  for (let start = 0, end; start < order.length; start = end) {
    end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    const middle = (start + end - order.length) / 2;
    for (let k = start; k < end; k++) ranks[order[k]] = middle;
  }
  const length = Math.hypot(...ranks) || 1;
  return ranks.map((rank) => rank / length);
}

/**
 * The `d` of a band's path: along its upper end, and back along its lower.
 * @param {import("./figure.js").Setup} setup
 * @param {Band} band
 * @param {string} id of the series
 * @returns {string}
 */
export function outlineOf(setup, { x, series }, id) {
  const along = (end) => x.map((at, i) =>
    place(setup, at, series[id][i][end]).map((to) => to.toFixed(2)).join(" "));
  return `M${[...along(1), ...along(0).reverse()].join("L")}Z`;
}
