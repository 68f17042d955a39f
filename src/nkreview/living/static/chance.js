/**
 * Runs the reactions of a model as chance events, in browsers and in Node: one realisation.
 *
 * Gillespie's direct method. Switches and events are those of the solver: a run stops where the
 * clock changes a switch or a delayed event is due, and goes on from there. That is exact, because
 * how long a reaction has been waited for does not matter.
 *
 * Method: Gillespie (1977), J Phys Chem 81:2340. Random numbers: sfc32 of the PractRand suite, with
 * 128 bits of state and a counter, so that the runs of different seeds do not overlap.
 */
import { Run } from "./solver.js";

const MAX_REACTIONS = 1e6; // in one run
const WARM_UP = 15; // numbers until a seed is well mixed in

/**
 * @typedef {object} Options
 * @property {Object<string, number>} [parameters] values by id: constants, or initial values
 * @property {number[]} times increasing, none before 0; the model starts at 0
 * @property {number} [seed] a whole number; the same one gives the same run
 */

/**
 * Run a model once, by chance.
 *
 * @param {object} model default export of a generated module
 * @param {Options} options
 * @returns {import("./solver.js").Result} `steps` is the number of reactions
 */
export function realise(model, { parameters, times, seed = 1 } = {}) {
  if (!model.chance) throw new Error(`${model.id} cannot be run by chance: ${model.whyNot}.`);
  if (!Number.isInteger(seed)) throw new Error(`seed must be a whole number, not ${seed}`);
  return new Realisation(model, { parameters, times }, seed).solve();
}

class Realisation extends Run {
  constructor(model, options, seed) {
    super(model, options);
    const { reactions } = model.chance;
    this.chances = new Float64Array(reactions.length);
    this.tally = new Float64Array(reactions.length);
    this.generator = [0, Math.floor(seed / 2 ** 32) | 0, seed | 0, 1];
    for (let i = 0; i < WARM_UP; i++) this.random();
  }

  /** A number from 0 to 1, with as many digits as fit. */
  random() {
    return ((this.bits() >>> 5) * 2 ** 26 + (this.bits() >>> 6)) / 2 ** 53;
  }

  /** 32 random bits. */
  bits() {
    const { generator: g } = this;
    const [a, b, c, d] = g;
    const sum = (a + b + d) | 0;
    g[0] = b ^ (b >>> 9);
    g[1] = (c + (c << 3)) | 0;
    g[2] = (((c << 21) | (c >>> 11)) + sum) | 0;
    g[3] = (d + 1) | 0;
    return sum;
  }

  /** A count jumps over a value without having it; only the clock passes through each. */
  readSwitches() {
    return super.readSwitches().filter((i) => this.model.clocks.includes(i));
  }

  settle() {
    super.settle();
    this.y.forEach((count, i) => {
      if (!(count >= 0 && Number.isInteger(count))) {
        this.fail(`${this.model.states[i]} is ${count}, but chance needs whole numbers from 0 on`);
      }
    });
  }

  /** Let reactions happen until `target`, or until one changes a watched switch. */
  advance(target) {
    const { times } = this;
    while (this.t < target) {
      const until = this.t - Math.log(1 - this.random()) / this.weigh();
      const stop = until < target ? until : target;
      while (times[this.next] < stop) this.record(times[this.next], this.y);
      this.t = stop;
      if (stop === target) return;
      this.react();
      if (this.watched.length) {
        this.model.margins(this.t, this.y, this.p, this.s, this.g);
        if (this.flipped(this.g)) return;
      }
    }
  }

  /** How likely each reaction is to happen next; returns the rate at which any does. */
  weigh() {
    const { model, chances } = this;
    model.chance.chances(this.t, this.y, this.p, this.s, chances);
    let total = 0;
    for (let i = 0; i < chances.length; i++) {
      if (!(chances[i] >= 0)) {
        this.fail(`The rate of ${model.chance.reactions[i]} is ${chances[i]}, but a chance cannot ` +
          "be below 0; write a reaction for each direction");
      }
      total += chances[i];
    }
    this.total = total;
    return total;
  }

  /** Draw which reaction happens, and count what it changes. */
  react() {
    const { model, chances, y } = this;
    let left = this.random() * this.total;
    let i = 0;
    // Rounding may leave something after the last; then it is the last that can happen.
    for (let j = 0; j < chances.length && left >= 0; j++) {
      if (chances[j] > 0) i = j;
      left -= chances[j];
    }
    const { reactions, changes } = model.chance;
    for (let j = 0; j < changes[i].length; j += 2) {
      const state = changes[i][j];
      y[state] += changes[i][j + 1];
      if (y[state] < 0) {
        this.fail(`${reactions[i]} takes more ${model.states[state]} than there is; ` +
          "its rate must be 0 then");
      }
    }
    this.tally[i]++;
    if (++this.steps > MAX_REACTIONS) this.stopHere();
  }

  stopHere() {
    const { reactions } = this.model.chance;
    const i = this.tally.indexOf(Math.max(...this.tally));
    this.fail(`More than a million reactions, most of them ${reactions[i]}; lower its rate or the ` +
      "numbers at the start, or end the run earlier");
  }
}
