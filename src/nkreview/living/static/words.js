// What a figure shows now, in a sentence: how each curve runs, and what the first readout says.
import { position, readable } from "./figure.js";

const SEEN = 0.04; // of the height of the axes; a smaller turn is not seen
const STEADY = 0.08; // how far from even a growth may be that has one doubling time

/**
 * The sentence for a figure.
 * @param {import("./figure.js").Setup} setup
 * @param {import("./figure.js").Trajectories} trajectories
 * @param {Object<string, number>} readouts
 * @returns {string}
 */
export function wordsOf(setup, { x, series }, readouts) {
  const told = setup.series.map(({ id, label }, k) => {
    const run = setup.bins ? peak(setup, x, series[id]) : course(setup, x, series[id], k ? 2 : 3);
    return `${label.replace(/ \(.*\)$/, "")}: ${run}`;
  });
  const first = setup.readouts.find(({ shown }) => shown);
  if (first) told.push(`${first.label}: ${readable(readouts[first.id])} ${first.unit}`.trim());
  const text = told.join("; ");
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** Where a histogram is highest. */
function peak({ x: { categories } }, x, shares) {
  const i = shares.indexOf(Math.max(...shares));
  return `most often ${categories?.[i] ?? readable(x[i])} (${readable(shares[i])} %)`;
}

/** How a curve runs: its first stretches up and down. */
function course(setup, x, values, most) {
  const heights = values.map((value) => Math.min(Math.max(position(value, setup.y), 0), 1));
  const stretches = turns(heights);
  if (!stretches.length) return still(setup, values);
  const told = stretches.slice(0, most);
  return told.map((ends) => stretch(setup, x, values, ends)).join(", then ");
}

function still({ y }, values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (high < y.min) return `stays below ${readable(y.min)}`;
  if (low > y.max) return `stays above ${readable(y.max)}`;
  return rounded(low) === rounded(high)
    ? `stays at ${rounded(low)}` : `stays between ${rounded(low)} and ${rounded(high)}`;
}

/** Between which points a curve goes up, or down. */
function turns(heights) {
  const found = [];
  let [from, to, way] = [0, 0, 0];
  heights.forEach((height, i) => {
    const climb = height - heights[to];
    if (!way) {
      const begun = height - heights[from];
      if (Math.abs(begun) >= SEEN) [to, way] = [i, Math.sign(begun)];
      else if (Math.abs(begun) < SEEN / 20) from = i;
    } else if (way * climb > 0) {
      to = i;
    } else if (-way * climb >= SEEN) {
      found.push([from, to]);
      [from, to, way] = [to, i, -way];
    }
  });
  return way ? [...found, [from, to]] : found;
}

/** One stretch of a curve, in words. */
function stretch({ kind, x: { unit }, y }, x, values, [from, to]) {
  const [a, b] = [values[from], values[to]];
  const verb = b > a ? "rises" : "falls";
  const until = `${kind === "dose-response" ? "up to" : "by"} ${readable(x[to])} ${unit}`.trim();
  if (y.scale !== "log") return `${verb} from ${readable(a)} to ${readable(b)} ${until}`;
  if (b < y.min) return `falls below ${readable(y.min)} ${until}`;
  if (a < y.min) return `rises to ${readable(b)} ${until}`;
  const times = b > a ? b / a : a / b;
  const even = Math.log(values[Math.round((from + to) / 2)] / a) / Math.log(b / a);
  if (kind === "time-course" && times > 2 && Math.abs(even - 0.5) < STEADY) {
    const span = readable((x[to] - x[from]) / Math.log2(times));
    const end = to < x.length - 1 ? ` ${until}` : "";
    return `${b > a ? "doubles" : "halves"} every ${span} ${unit}${end}`;
  }
  if (times < 2) return `${verb} by ${rounded(100 * Math.abs(b / a - 1))} % ${until}`;
  return `${verb} ${rounded(times)}-fold ${until}`;
}

function rounded(value) {
  return readable(Number(value.toPrecision(2)));
}
