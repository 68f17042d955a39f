// How a curve runs, in words; and what a reader's guess and the model's curve have in common.
// A curve is heights, from 0 at the bottom of the axes to 1 at their top, evenly spaced over their
// width: what a reader sees is compared, on whatever scale it is drawn.
import { position, readable } from "./figure.js";

const CHANGE = 0.06; // of the height: less is no rise and no fall
const WHILE = 0.25; // of the width: less is not level for a while
const NEAR = 0.08; // of either: nobody draws better than this

const OPPOSITE = { up: "down", down: "up", level: "level" };
const VERBS = {
  up: { does: "rises", do: "rise", keeps: "keeps rising", keep: "keep rising" },
  down: { does: "falls", do: "fall", keeps: "keeps falling", keep: "keep falling" },
  level: { does: "stays level", do: "stay level", keeps: "stays level", keep: "stay level",
    off: { does: "levels off", do: "level off" } },
};

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

/** Where a curve starts, turns and ends; a wiggle is no turn. */
function pivotsOf(heights) {
  const pivots = [0];
  let [way, best, low, high] = [0, 0, 0, 0];
  heights.forEach((height, i) => {
    if (!way) {
      if (height < heights[low]) low = i;
      if (height > heights[high]) high = i;
      if (height - heights[low] >= CHANGE) way = 1;
      else if (heights[high] - height >= CHANGE) way = -1;
      best = i;
    } else if ((height - heights[best]) * way > 0) {
      best = i;
    } else if ((heights[best] - height) * way >= CHANGE) {
      pivots.push(best);
      way = -way;
      best = i;
    }
  });
  return way ? [...pivots, heights.length - 1] : [];
}

/** The stretch around a pivot in which the curve is as good as level. */
function flatAround(heights, pivots, k) {
  const at = pivots[k];
  const steps = [pivots[k - 1], pivots[k + 1]].filter((to) => to !== undefined)
    .map((to) => Math.abs(heights[to] - heights[at]));
  const step = Math.min(...steps);
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
  if (!pivots.length) return [{ way: "level", to: 1 }];
  const moves = [];
  pivots.forEach((at, k) => {
    const [from, to] = flatAround(heights, pivots, k);
    const level = to - from >= WHILE * last;
    if (k) {
      const way = heights[at] > heights[pivots[k - 1]] ? "up" : "down";
      moves.push({ way, to: (level ? from : at) / last });
    }
    if (level) moves.push({ way: "level", to: to / last });
  });
  return moves;
}

const waysOf = (moves) => moves.map(({ way }) => way);
const begins = (longer, ways) => ways.every((way, i) => way === longer[i]);

/** What a move is called: a curve that has moved levels off. */
const verbOf = (way, i, form) => i && way === "level" ? VERBS.level.off[form] : VERBS[way][form];

/**
 * A course in words: "falls, then rises".
 * @param {Way[]} ways
 * @param {"does"|"do"} form
 * @returns {string}
 */
export function wordsOf(ways, form = "does") {
  if (ways.length > 4) return `${form === "does" ? "goes" : "go"} up and down`;
  const words = ways.map((way, i) => verbOf(way, i, form)).join(", then ");
  return ways.length > 1 ? words : `${words} throughout`;
}

/** The same with places: "falls until 16 h, then rises". */
function storyOf(moves, placeAt) {
  const ways = waysOf(moves);
  if (moves.length === 1 || moves.length > 4) return wordsOf(ways);
  const last = moves.length - 1;
  return moves.map(({ way, to }, i) => i < last ? `${VERBS[way].does} until ${placeAt(to)}`
    : verbOf(way, i, "does")).join(", then ");
}

/** What happens after a move: "turns at 16 h", "levels off at 16 h", "rises from 16 h on". */
function nextOf(moves, k, placeAt, form) {
  const [before, { way }] = [moves[k], moves[k + 1]];
  const s = form === "does" ? "s" : "";
  const at = placeAt(before.to);
  if (before.way === "level") return `${VERBS[way][form]} from ${at} on`;
  return way === "level" ? `level${s} off at ${at}` : `turn${s} at ${at}`;
}

/** What the guess and the curve do alike, and where they part. */
function shapesOf(guess, truth, placeAt, chosen) {
  const [expected, found] = [waysOf(guess), waysOf(truth)];
  const k = Math.min(guess.length, truth.length) - 1;
  if (begins(found, expected) && begins(expected, found)) {
    return `You expected it to ${wordsOf(expected, "do")}, and so it does${timing()}`;
  }
  if (begins(found, expected)) {
    return `You expected it to ${VERBS[expected[k]].keep}; it ${nextOf(truth, k, placeAt, "does")}`;
  }
  if (begins(expected, found)) {
    const next = chosen ? wordsOf(expected, "do") : nextOf(guess, k, placeAt, "do");
    return `You expected it to ${next}; it ${VERBS[found[k]].keeps}`;
  }
  return `You expected it to ${wordsOf(expected, "do")}; it ${storyOf(truth, placeAt)}`;

  function timing() {
    const off = (i) => Math.abs(guess[i].to - truth[i].to);
    const worst = Math.max(...truth.slice(0, -1).map((_, i) => i).map(off), 0);
    const i = truth.findIndex((_, j) => j < k && off(j) === worst);
    if (i < 0) return "";
    const next = nextOf(truth, i, placeAt, "does");
    return chosen || worst < NEAR ? `; it ${next}` : `, but it ${next}, not at ${placeAt(guess[i].to)}`;
  }
}

/** Where the two are furthest apart. */
function gapOf(setup, guess, values, placeAt) {
  const heights = heightsOf(setup, values);
  const at = (list, share) => {
    const [i, last] = [share * (list.length - 1), list.length - 1];
    const low = Math.min(Math.floor(i), last - 1);
    return list[low] + (i - low) * (list[low + 1] - list[low]);
  };
  const shares = guess.map((_, i) => i / (guess.length - 1));
  const gaps = shares.map((share, i) => Math.abs(at(heights, share) - guess[i]));
  const worst = gaps.indexOf(Math.max(...gaps));
  if (gaps[worst] < NEAR) return "Your line is never far from it.";
  const value = at(values, shares[worst]);
  return `The two are furthest apart at ${placeAt(shares[worst])}: ` +
    `${withUnit(value, setup.y)}, where you drew ${readable(valueAt(setup.y, guess[worst]))}.`;
}

const withUnit = (value, { unit }) => `${readable(value)} ${unit}`.trim();

/**
 * The value at a share of an axis, as finely as a hand draws.
 * @param {import("./figure.js").Scale} axis
 * @param {number} share
 * @returns {number}
 */
export function valueAt({ min, max, scale }, share) {
  if (scale === "log") return Number((min * (max / min) ** share).toPrecision(2));
  const decimals = -Math.floor(Math.log10((max - min) / 50));
  const step = 10 ** -decimals;
  return Number((Math.round((min + (max - min) * share) / step) * step).toFixed(Math.max(decimals, 0)));
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
  const placeAt = (share) => withUnit(valueAt(setup.x, share), setup.x);
  const moves = movesOf(heightsOf(setup, values));
  const shapes = `${shapesOf(movesOf(guess), moves, placeAt, chosen)}.`;
  return chosen ? shapes : `${shapes} ${gapOf(setup, guess, values, placeAt)}`;
}

// For every course others that are as likely, with both directions among them; which of the three
// is the model's cannot be told.
const CHOICES = [
  [["down"], ["down", "up"], ["up"]],
  [["up"], ["up", "down"], ["down"]],
  [["down", "level"], ["up", "level"], ["level"]],
  [["level", "down"], ["level", "up"], ["level"]],
];

/**
 * Three courses, one of them the curve's, in an order that does not tell which.
 * @param {number[]} heights
 * @returns {Way[][]}
 */
export function choicesFor(heights) {
  const ways = waysOf(movesOf(heights));
  const known = CHOICES.find((three) => three.slice(0, 2).some((some) => same(some, ways)))
    ?? CHOICES.find((three) => same(three[2], ways));
  const mirrored = ways.map((way) => OPPOSITE[way]);
  const three = known ?? (ways.length > 4 ? [ways, ["up"], ["down"]]
    : [ways, mirrored, ways.slice(0, -1)]);
  return [...three].sort((a, b) => (wordsOf(a) < wordsOf(b) ? -1 : 1));
}

const same = (a, b) => a.length === b.length && begins(a, b);

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
  if ((moving === "up" && at > 0.8) || (moving === "down" && at < 0.2)) at = 0.5;
  const knots = [at, ...ways.map((way) => {
    at += { up: 0.7 * (0.95 - at), down: -0.7 * (at - 0.05), level: 0 }[way];
    return at;
  })];
  return Array.from({ length: points }, (_, i) => {
    const along = (i / (points - 1)) * ways.length;
    const k = Math.min(Math.floor(along), ways.length - 1);
    return knots[k] + (along - k) * (knots[k + 1] - knots[k]);
  });
}
