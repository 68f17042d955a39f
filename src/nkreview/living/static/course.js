// How a curve runs, in words; and what a reader's guess and the model's curve have in common.
// A curve is heights, from 0 at the bottom of the axes to 1 at their top, evenly spaced over their
// width: what a reader sees is compared, on whatever scale it is drawn.
import { position, readable } from "./figure.js";

const CHANGE = 0.06; // of the height: less is no rise and no fall
const WHILE = 0.25; // of the width: less is not level for a while
const MOMENT = 0.04; // of the width: what is over so soon is not seen
const NEAR = 0.08; // of either: nobody draws better than this

/**
 * @typedef {"up"|"down"|"level"} Way
 * @typedef {{way: Way, to: number}} Move up to a share of the width
 */

/**
 * A curve as seen within the axes.
 * @param {import("./figure.js").Setup} setup
 * @param {number[]} values
 * @returns {number[]} heights
 */
export function heightsOf({ y }, values) {
  return values.map((value) => Math.min(Math.max(position(value, y), 0), 1));
}

/** A list of values at a share of its length. */
function along(list, share) {
  const last = list.length - 1;
  const i = Math.min(Math.floor(share * last), last - 1);
  return list[i] + (share * last - i) * (list[i + 1] - list[i]);
}

/** Where a curve starts, turns and ends; a wiggle is no turn. */
function pivotsOf(heights) {
  const last = heights.length - 1;
  const pivots = [0];
  let [way, best, low, high] = [0, 0, 0, 0];
  heights.forEach((height, i) => {
    if (!way) {
      if (height < heights[low]) low = i;
      if (height > heights[high]) high = i;
      way = (height - heights[low] >= CHANGE) - (heights[high] - height >= CHANGE);
      best = i;
    } else if ((height - heights[best]) * way > 0) {
      best = i;
    } else if ((heights[best] - height) * way >= CHANGE) {
      pivots.push(best);
      way = -way;
      best = i;
    }
  });
  if (pivots[1] < MOMENT * last) pivots.shift();
  return way ? [...pivots, last] : [];
}

/** The stretch around a pivot in which the curve is as good as level. */
function flatAround(heights, pivots, k) {
  const at = pivots[k];
  const step = Math.min(...[pivots[k - 1], pivots[k + 1]].filter((to) => to !== undefined)
    .map((to) => Math.abs(heights[to] - heights[at])));
  const slack = Math.max(0.05 * step, Math.min(0.02, 0.2 * step));
  const level = (i) => i in heights && Math.abs(heights[i] - heights[at]) <= slack;
  let [from, to] = [at, at];
  while (level(from - 1)) from--;
  while (level(to + 1)) to++;
  return [from, to];
}

/**
 * How a curve runs.
 * @param {number[]} heights
 * @returns {Move[]}
 */
export function movesOf(heights) {
  const pivots = pivotsOf(heights);
  const last = heights.length - 1;
  const moves = [];
  pivots.forEach((at, k) => {
    const [from, to] = flatAround(heights, pivots, k);
    const level = to - from >= WHILE * last;
    const way = heights[at] > heights[pivots[k - 1]] ? "up" : "down";
    if (k) moves.push({ way, to: (level ? from : at) / last });
    if (level) moves.push({ way: "level", to: to / last });
  });
  return moves.length ? moves : [{ way: "level", to: 1 }];
}

/**
 * Where a curve begins, once the first moment is over.
 * @param {number[]} heights
 * @returns {number}
 */
export function startOf(heights) {
  return heights[pivotsOf(heights)[0] ?? 0];
}

const waysOf = (moves) => moves.map(({ way }) => way);
const begins = (longer, ways) => ways.every((way, i) => way === longer[i]);
const same = (a, b) => a.length === b.length && begins(a, b);

/** What a move is called, of itself ("s") or of somebody who expects it to (""). */
const verb = (way, s, i) => ({ up: `rise${s}`, down: `fall${s}`,
  level: i ? `level${s} off` : `stay${s} level` })[way];
const keep = (way, s) => way === "level" ? verb(way, s)
  : `keep${s} ${way === "up" ? "rising" : "falling"}`;

/**
 * A course in words: "falls, then rises".
 * @param {Way[]} ways
 * @param {"s"|""} s
 * @param {(k: number) => string} [until] told of every move but the last
 * @returns {string}
 */
export function wordsOf(ways, s = "s", until = () => "") {
  if (ways.length > 4) return `go${s && "es"} up and down`;
  if (ways.length === 1) return `${verb(ways[0], s)} throughout`;
  return ways.map((way, k) => k < ways.length - 1 && until(k)
    ? verb(way, s) + until(k) : verb(way, s, k)).join(", then ");
}

/** What the guess and the curve do alike, and where they part. */
function shapesOf(guess, truth, placeAt, chosen) {
  const [expected, found] = [waysOf(guess), waysOf(truth)];
  const k = Math.min(guess.length, truth.length) - 1;
  const next = (moves, i, s) => {
    const [{ way: before, to }, { way }] = moves.slice(i);
    if (before === "level") return `${verb(way, s)} from ${placeAt(to)} on`;
    return `${way === "level" ? `level${s} off` : `turn${s}`} at ${placeAt(to)}`;
  };
  const to = `You expected it to ${wordsOf(expected, "")}`;
  if (same(found, expected)) {
    const off = truth.slice(0, -1).map((move, i) => Math.abs(move.to - guess[i].to));
    const worst = off.indexOf(Math.max(...off));
    if (worst < 0) return `${to}, and so it does`;
    return chosen || off[worst] < NEAR
      ? `${to}, and so it does; it ${next(truth, worst, "s")}`
      : `${to}, and so it does, but it ${next(truth, worst, "s")}, not at ${placeAt(guess[worst].to)}`;
  }
  if (begins(found, expected)) {
    return `You expected it to ${keep(expected[k], "")}; it ${next(truth, k, "s")}`;
  }
  if (begins(expected, found)) {
    const expects = chosen ? to : `You expected it to ${next(guess, k, "")}`;
    return `${expects}; it ${keep(found[k], "s")}`;
  }
  return `${to}; it ${wordsOf(found, "s", (i) => ` until ${placeAt(truth[i].to)}`)}`;
}

/** Where the two are furthest apart. */
function gapOf(setup, guess, values, placeAt) {
  const heights = heightsOf(setup, values);
  const shares = guess.map((_, i) => i / (guess.length - 1)).filter((share) => share >= MOMENT);
  const gaps = shares.map((share) => Math.abs(along(heights, share) - along(guess, share)));
  const worst = gaps.indexOf(Math.max(...gaps));
  if (gaps[worst] < NEAR) return "Your line is never far from it.";
  return `The two are furthest apart at ${placeAt(shares[worst])}: ` +
    `${withUnit(along(values, shares[worst]), setup.y)}, where you drew ` +
    `${readable(axisValue(setup.y, along(guess, shares[worst])))}.`;
}

/**
 * A value with the unit of its axis, unless that takes a sentence.
 * @param {number} value
 * @param {import("./figure.js").Scale} axis
 * @returns {string}
 */
export function withUnit(value, { unit }) {
  return `${readable(value)} ${unit.length > 25 ? "" : unit}`.trim();
}

/**
 * The value at a share of an axis, as finely as a hand draws.
 * @param {import("./figure.js").Scale} axis
 * @param {number} share
 * @returns {number}
 */
export function axisValue({ min, max, scale }, share) {
  if (scale === "log") return Number((min * (max / min) ** share).toPrecision(2));
  const step = 10 ** Math.floor(Math.log10((max - min) / 50));
  return Number((Math.round((min + (max - min) * share) / step) * step).toPrecision(12));
}

/**
 * What a reader learns from a guess.
 * @param {import("./figure.js").Setup} setup
 * @param {number[]} guess its heights
 * @param {number[]} values of the model's curve
 * @param {boolean} chosen whether the guess was a course in words, whose places mean nothing
 * @returns {string}
 */
export function compare(setup, guess, values, chosen) {
  const placeAt = (share) => withUnit(axisValue(setup.x, share), setup.x);
  const moves = movesOf(heightsOf(setup, values));
  const shapes = `${shapesOf(movesOf(guess), moves, placeAt, chosen)}.`;
  return chosen ? shapes : `${shapes} ${gapOf(setup, guess, values, placeAt)}`;
}

// With both directions in each, so that nothing tells which of the three is the model's.
const CHOICES = [
  [["down"], ["down", "up"], ["up"]],
  [["up"], ["up", "down"], ["down"]],
  [["level"], ["down", "level"], ["up", "level"]],
  [["level", "down"], ["level", "up"], ["level"]],
];

/**
 * Three courses, one of them the curve's, in an order that does not tell which.
 * @param {number[]} heights
 * @returns {Way[][]}
 */
export function choicesFor(heights) {
  const ways = waysOf(movesOf(heights));
  const mirrored = ways.map((way) => ({ up: "down", down: "up", level: "level" })[way]);
  const others = ways.length > 4 ? [["up"], ["down"]] : [mirrored, ways.slice(0, -1)];
  const three = CHOICES.find((courses) => courses.some((course) => same(course, ways)))
    ?? [ways, ...others];
  return [...three].sort((a, b) => (wordsOf(a) < wordsOf(b) ? -1 : 1));
}

/**
 * A plain curve that runs in some ways.
 * @param {Way[]} ways
 * @param {number|undefined} start its first height, if that is known
 * @param {number} points
 * @returns {number[]} heights
 */
export function plainCourse(ways, start, points) {
  const moving = ways.find((way) => way !== "level");
  let at = start ?? { up: 0.2, down: 0.8 }[moving] ?? 0.5;
  if (moving && Math.abs(at - (moving === "up")) < 0.2) at = 0.5; // no room to move
  const knots = [at, ...ways.map((way) => {
    at += { up: 0.7 * (0.95 - at), down: 0.7 * (0.05 - at), level: 0 }[way];
    return at;
  })];
  return Array.from({ length: points }, (_, i) => along(knots, i / (points - 1)));
}
