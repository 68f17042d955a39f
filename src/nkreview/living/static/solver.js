/**
 * Solves a model that `nkreview export --to js` has written, in browsers and in Node.
 *
 * Dormand-Prince 5(4) first; when the model turns out to be stiff, Rodas4, an L-stable Rosenbrock
 * method of order 4. Both have dense output, so output times cost no steps.
 *
 * Where rates can jump, the model names a *switch*. Every switch is held during a step, so that
 * the solver sees smooth functions only; the step in which one changes is cut at the change.
 * Changes that depend on time alone are computed beforehand, so no pulse is stepped over.
 *
 * Methods: Hairer, Nørsett & Wanner (1993) and Hairer & Wanner (1996), Solving Ordinary
 * Differential Equations I and II. Events: the SBML Level 3 specification.
 */

/**
 * @typedef {object} Options
 * @property {Object<string, number>} [parameters] values by id: constants, or initial values
 * @property {number[]} times increasing, none before 0; the model starts at 0
 * @property {string[]} [only] ids of the values that are wanted; by default all
 * @property {number} [rtol] relative tolerance
 * @property {number} [atol] absolute tolerance in the unit of the symbols; by default it follows
 *   the magnitude of each variable
 */

/**
 * @typedef {object} Result
 * @property {number[]} times
 * @property {Object<string, number[]>} values by id: every species, compartment, parameter and
 *   named stoichiometry, constants included
 * @property {number} steps how many steps were tried
 */

const TINY = 2 ** -1022; // the smallest number with all its digits
const MAX_STEPS = 1e6; // more means that something is wrong
const STIFF = 2.6; // Hairer has 3.25, but the step may settle just below that
const MAX_EVENTS = 10000; // at one moment
const MAX_FLIPS = 100; // of switches in a millionth of the run: chattering

// Dormand-Prince 5(4).
const [A21, A31, A32, A41, A42, A43] = [1 / 5, 3 / 40, 9 / 40, 44 / 45, -56 / 15, 32 / 9];
const [A51, A52, A53, A54] = [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729];
const [A61, A62, A63] = [9017 / 3168, -355 / 33, 46732 / 5247];
const [A64, A65] = [49 / 176, -5103 / 18656];
const [A71, A73, A74] = [35 / 384, 500 / 1113, 125 / 192];
const [A75, A76] = [-2187 / 6784, 11 / 84];
const [E1, E3, E4] = [71 / 57600, -71 / 16695, 71 / 1920];
const [E5, E6, E7] = [-17253 / 339200, 22 / 525, -1 / 40];
const [D1, D3] = [-12715105075 / 11282082432, 87487479700 / 32700410799];
const [D4, D5] = [-10690763975 / 1880347072, 701980252875 / 199316789632];
const [D6, D7] = [-1453857185 / 822651844, 69997945 / 29380423];

// Rodas4, row by row: factors of earlier stages in the argument, and divided by the step.
const GAMMA = 0.25;
const RA = [
  [],
  [1.544],
  [0.9466785280815826, 0.2557011698983284],
  [3.314825187068521, 2.896124015972201, 0.9986419139977817],
  [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895],
];
RA.push([...RA[4], 1]);
const RC = [
  [],
  [-5.6688],
  [-2.430093356833875, -0.2063599157091915],
  [-0.1073529058151375, -9.594562251023355, -20.47028614809616],
  [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616],
  [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136,
    -6.058818238834054],
];
const RT = [0, 0.386, 0.21, 0.63, 1, 1];
const RD = [0.25, -0.1043, 0.1035, -0.0362, 0, 0];
const RH2 = [10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823,
  1.025137723295662];
const RH3 = [-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386,
  -6.594389125716872];

/** Kinds of switches as the exporter numbers them: what is held, given the margin. */
const HELD = [
  (g) => (g < 0 ? 1 : 0),
  (g) => (g <= 0 ? 1 : 0),
  (g) => (g > 0 ? 1 : 0),
  (g) => (g >= 0 ? 1 : 0),
  Math.sign, // equality
  Math.floor,
  Math.ceil,
  Math.trunc,
];
const EQUALITY = 4;
const NOTHING = [];

/**
 * Run a model.
 *
 * @param {object} model default export of a generated module
 * @param {Options} options
 * @returns {Result}
 */
export function simulate(model, options = {}) {
  if (last?.model === model) last.start(options);
  else last = new Run(model, options);
  return last.solve();
}

let last; // its memory is for the next run of the same model

/** A run of a model: switches, events, and how the state moves between them. */
export class Run {
  constructor(model, options) {
    const n = model.states.length;
    const switches = model.kinds.length;
    const memory = new ArrayBuffer(8 * (27 * n + 7 * switches));
    let used = 0;
    const vector = (size = n) => {
      used += size;
      return new Float64Array(memory, 8 * (used - size), size);
    };
    Object.assign(this, { model, n, all: new Float64Array(memory) });
    this.p = new Float64Array(model.defaults.length);
    this.weights = vector();
    this.y = vector();
    this.y1 = vector();
    this.k = Array.from({ length: 7 }, () => vector());
    this.scratch = vector();
    this.point = vector();
    this.peak = vector();
    this.floor = vector();
    this.noise = vector();
    this.dense = Array.from({ length: 5 }, () => vector());
    this.slopeInTime = vector();
    this.u = Array.from({ length: 6 }, () => vector());
    this.s = vector(switches);
    this.g = vector(switches);
    this.watched = model.kinds.map((_, i) => i).filter((i) => !model.clocks.includes(i));
    this.grid = Array.from({ length: 5 }, () => vector(switches));
    this.start(options);
  }

  start({ parameters = {}, times, only, rtol = 1e-6, atol }) {
    const { model } = this;
    checkTimes(times);
    if (!(rtol > 0 && rtol < 1)) throw new Error(`rtol must lie between 0 and 1, not ${rtol}`);
    if (atol !== undefined && !(atol > 0)) throw new Error(`atol must be positive, not ${atol}`);
    Object.assign(this, { times, only, rtol, atol });
    this.all.fill(0);
    this.weights.fill(1);
    this.p.set(model.defaults);
    this.t = 0;
    this.end = times[times.length - 1];
    this.truth = model.events.map((event) => event.initial);
    this.now = model.events.map(() => false);
    this.queue = [];
    this.seed = 1;
    this.stiff = false;
    this.calm = 0;
    this.steps = 0;
    this.stepsBefore = 0; // with the other method
    this.flips = 0;
    this.flipTime = 0;
    this.apply(parameters);
  }

  /** Take over the overrides and compute the initial state. */
  apply(parameters) {
    const { model, p } = this;
    const set = new Uint8Array(p.length);
    for (const [id, value] of Object.entries(parameters)) {
      const slot = model.ids.indexOf(id);
      if (model.rules.includes(id)) {
        throw new Error(`${id} follows from an assignment rule and cannot be set`);
      }
      if (slot < 0) throw new Error(`${model.id} has no parameter ${id}`);
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw new Error(`${id} must be a finite number, not ${value}`);
      }
      p[slot] = value;
      set[slot] = 1;
    }
    model.init(p, set, this.y, this.weights);
  }

  solve() {
    const { model, times, only } = this;
    const observed = new Float64Array(model.outputs.length);
    const values = {};
    const columns = [];
    model.outputs.forEach((id, j) => {
      if (!only || only.includes(id)) columns.push([j, values[id] = new Array(times.length)]);
    });
    this.next = 0;
    this.record = (t, y) => {
      model.observe(t, y, this.p, observed);
      for (const [j, column] of columns) column[this.next] = observed[j];
      this.next++;
    };
    this.settle();
    for (;;) {
      if (times[this.next] === this.t) this.record(this.t, this.y);
      if (this.next >= times.length) break;
      this.advance(Math.min(this.nextBreak(), this.end));
      this.settle();
    }
    for (let i = 0; i < model.constants; i++) {
      const id = model.ids[i];
      if (!only || only.includes(id)) values[id] = new Array(times.length).fill(this.p[i]);
    }
    return { times: Array.from(times), values, steps: this.steps };
  }

  // --- Switches and events ------------------------------------------------------------------

  /** Set every switch to what it is at this moment; tell which equalities were crossed. */
  readSwitches() {
    const { model, s, g } = this;
    const crossed = [];
    // A switch may stand inside another.
    for (let round = 0, changed = true; changed; round++) {
      if (round > s.length + 2) this.fail("The conditions of the model contradict each other");
      changed = false;
      model.clock(this.t, this.p, s, g);
      model.margins(this.t, this.y, this.p, s, g);
      for (let i = 0; i < s.length; i++) {
        const held = HELD[model.kinds[i]](g[i]);
        if (Object.is(held, s[i]) || held === s[i]) continue;
        if (model.kinds[i] === EQUALITY && held * s[i] < 0) crossed.push(i);
        s[i] = held;
        changed = true;
      }
    }
    return crossed;
  }

  /** Whether a watched switch is not what its margin says. */
  flipped(margins) {
    return this.watched.some((i) => HELD[this.model.kinds[i]](margins[i]) !== this.s[i]);
  }

  /** Bring switches and events up to date after a step or a change. */
  settle() {
    const { model, s } = this;
    const crossed = this.readSwitches();
    if (crossed.length && model.events.length) {
      // Between two steps a difference went through zero: the equality held for that moment.
      const after = crossed.map((i) => s[i]);
      for (const i of crossed) s[i] = 0;
      this.trigger();
      crossed.forEach((i, j) => (s[i] = after[j]));
    }
    for (let count = 0; ; count++) {
      if (count > MAX_EVENTS) this.fail("Events trigger each other without end");
      this.trigger();
      const event = this.due();
      if (!event) break;
      event.model.apply(this.t, this.y, this.p, event.values ?? this.valuesOf(event.model));
      this.readSwitches();
    }
  }

  /** Queue the events whose triggers have become true, and drop those that do not persist. */
  trigger() {
    const { model, now, truth } = this;
    if (!now.length) return;
    model.triggers(this.t, this.y, this.p, this.s, now);
    now.forEach((on, i) => {
      const event = model.events[i];
      if (on && !truth[i]) this.enqueue(event);
      if (!on && truth[i] && !event.persistent) {
        this.queue = this.queue.filter((item) => item.model !== event);
      }
      truth[i] = Boolean(on);
    });
  }

  enqueue(event) {
    const delay = event.delay ? event.delay(this.t, this.y, this.p) : 0;
    if (!(delay >= 0)) this.fail(`The delay of ${event.id} is ${delay}`);
    const values = event.atTrigger ? this.valuesOf(event) : null;
    this.queue.push({ time: this.t + delay, model: event, values });
  }

  valuesOf(event) {
    const values = new Float64Array(event.count);
    event.values(this.t, this.y, this.p, values);
    return values;
  }

  /**
   * Take the event from the queue that is to happen now, if any: by priority, at random among
   * equal ones as SBML asks, and in the order of the model where it leaves the order open.
   */
  due() {
    // Sums of decimal times differ in the last digits; they mean the same moment.
    const limit = this.t + 1e-13 * this.t;
    let [best, high, equal] = [null, -Infinity, 1];
    for (const item of this.queue) {
      if (item.time > limit) continue;
      const { priority } = item.model;
      const rank = priority ? priority(this.t, this.y, this.p) : -Infinity;
      if (best && rank === high && priority && this.random() * ++equal < 1) best = item;
      else if (!best || rank > high) [best, high, equal] = [item, rank, 1];
    }
    if (best) this.queue.splice(this.queue.indexOf(best), 1);
    return best;
  }

  /** Random numbers from 0 to 1, the same in every run (the generator mulberry32). */
  random() {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let x = Math.imul(this.seed ^ (this.seed >>> 15), this.seed | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  }

  /** The next moment at which a switch changes by the clock or a delayed event happens. */
  nextBreak() {
    let first = Infinity;
    for (const i of this.model.clocks) first = Math.min(first, this.clockBreak(i));
    for (const item of this.queue) {
      // A clock that strikes at almost the same moment goes together with the event.
      if (item.time < first - 1e-13 * item.time) first = item.time;
    }
    return first;
  }

  /** The first representable time after now at which a clock switch has another value. */
  clockBreak(i) {
    const { model, t, g } = this;
    const kind = model.kinds[i];
    const held = HELD[kind];
    const at = (time) => {
      model.clock(time, this.p, this.s, g);
      return g[i];
    };
    const start = at(t);
    const span = Math.max(this.end - t, 1e-3 * this.end);
    const slope = (at(t + span) - start) / span;
    if (!(Math.abs(slope) > 0) || !Number.isFinite(start)) return Infinity;
    let level = 0;
    if (kind > EQUALITY) level = nextLevel(kind, held(start), slope);
    const guess = t + (level - start) / slope;
    // Not before the end; or a threshold that lies behind. What is just passed may be guessed
    // a rounding error too early.
    if (guess > this.end + span || guess < t - 1e-9 * (span + t)) return Infinity;
    const before = held(start);
    const same = (time) => held(at(time)) === before;
    const slack = 1e-12 * Math.max(guess, span);
    let low = t;
    let high = Math.max(guess, t) + slack;
    if (same(high)) return Infinity;
    if (guess - slack > t && same(guess - slack)) low = guess - slack;
    for (;;) {
      const middle = low + (high - low) / 2;
      if (middle <= low || middle >= high) return high;
      if (same(middle)) low = middle;
      else high = middle;
    }
  }

  // --- Integration --------------------------------------------------------------------------

  /** Integrate to `target`, or to the first change of a watched switch. */
  advance(target) {
    const { times } = this;
    this.begin(target);
    let rejected = 0;
    while (this.t < target) {
      let h = Math.min(this.h, this.maxStep);
      // No tiny last step.
      if (this.t + 1.01 * h >= target) h = target - this.t;
      else if (this.t + 2 * h >= target) h = (target - this.t) / 2;
      if (!(this.t + h > this.t)) this.stuck();
      this.count();
      const error = this.stiff ? this.rodas(h) : this.dopri(h);
      if (!(error <= 1)) {
        rejected++;
        this.reject(error, h, rejected);
        continue;
      }
      const theta = this.watched.length ? this.firstChange(h) : 1;
      if (theta === 0) {
        this.h = h / 4;
        rejected++;
        continue;
      }
      rejected = rejected ? 1 : 0;
      this.resize(error, h, rejected);
      const cut = theta < 1;
      const until = cut ? this.t + theta * h : h === target - this.t ? target : this.t + h;
      while (times[this.next] < until) {
        this.interpolate((times[this.next] - this.t) / h, this.point);
        this.record(times[this.next], this.point);
      }
      if (cut) this.interpolate(theta, this.y1);
      this.accept(until);
      rejected = 0;
      if (this.stiffness >= 12) this.becomeStiff();
      if (cut) {
        this.chatter();
        return;
      }
    }
  }

  /** Start after a jump: new slopes, new step size. */
  begin(target) {
    const { n, y, k } = this;
    this.maxStep = this.end / (this.model.timed || this.watched.length ? 64 : 8);
    this.updatePeaks(y);
    this.model.rates(this.t, y, this.p, this.s, k[0]);
    this.jacobianTime = NaN;
    this.stiffness = 0;
    this.lastError = 1e-4;
    let h = Math.min(this.maxStep, (target - this.t) / 10, 1e-3 * this.end);
    for (let i = 0; i < n; i++) {
      // What has decayed to nothing sets no pace.
      const size = Math.abs(y[i]) + this.floor[i] / this.rtol;
      if (y[i] !== 0 && k[0][i] !== 0) h = Math.min(h, Math.abs((0.01 * size) / k[0][i]));
    }
    h = n ? Math.max(h, 1e-12 * this.end) : this.maxStep;
    // What is watched may change faster than what is solved.
    if (this.watched.length) h = Math.min(h, this.t ? this.stepSize : 1e-6 * this.end);
    this.h = Math.max(h, 64 * Number.EPSILON * this.t);
  }

  count() {
    this.steps++;
    if (this.steps - this.stepsBefore < (this.stiff ? MAX_STEPS : MAX_STEPS / 5)) return;
    if (this.stiff) this.fail(`The model needs more than a million steps`);
    this.becomeStiff();
  }

  becomeStiff() {
    this.stiff = true;
    this.stiffness = 0;
    this.lastStage = false;
    this.stepsBefore = this.steps;
    this.jacobianTime = NaN;
    const { n } = this;
    if (!this.jacobian) {
      this.jacobian = new Float64Array(n * n);
      this.matrix = new Float64Array(n * n);
      this.pivots = new Int32Array(n);
      this.last = new Int32Array(n);
    }
  }

  reject(error, h, rejected) {
    this.lastError = 1e-4;
    const exponent = this.stiff ? 0.25 : 0.2;
    this.h = error < Infinity ? h * Math.max(0.1, 0.9 * error ** -exponent) : h / 10;
    if (rejected === 8) this.admitNoise(h);
    if (rejected > 25) this.stuck();
  }

  /** Neither method finds a step that is small enough: change the method, or give up. */
  stuck() {
    if (!this.stiff) {
      this.becomeStiff();
      this.h = 1e-6 * this.end;
      return;
    }
    const { n, y, k, model } = this;
    model.rates(this.t, y, this.p, this.s, k[0]);
    for (let i = 0; i < n; i++) {
      if (!Number.isFinite(y[i])) this.fail(`${model.states[i]} has no ${this.t ? "" : "initial "}value`);
      if (!Number.isFinite(k[0][i])) {
        this.fail(`The rate of change of ${model.states[i]} is not a number`);
      }
    }
    this.fail(`No step is small enough for ${model.states[this.worst]}`);
  }

  fail(what) {
    throw new Error(`${what} (${this.model.id}, time ${Number(this.t.toPrecision(6))}).`);
  }

  accept(t) {
    [this.y, this.y1] = [this.y1, this.y];
    this.t = t;
    // Smaller numbers lose digits, and their ratios and differences jump: call them zero.
    for (let i = 0; i < this.n; i++) if (Math.abs(this.y[i]) < TINY) this.y[i] = 0;
    this.updatePeaks(this.y);
    const { k } = this;
    // Dormand-Prince has the slopes of the next step already.
    if (!this.stiff && this.lastStage) [k[0], k[6]] = [k[6], k[0]];
    else this.model.rates(t, this.y, this.p, this.s, k[0]);
    this.lastStage = false;
  }

  resize(error, h, afterRejection) {
    const e = Math.max(error, 1e-10);
    const factor = 0.9 * (this.stiff ? e ** -0.25 : e ** -0.17 * this.lastError ** 0.04);
    this.lastError = Math.max(error, 1e-4);
    // A step that grows slowly does not meet a fast oscillation at like phases only.
    const most = afterRejection ? 1 : this.watched.length ? 2 : this.stiff ? 6 : 10;
    this.h = h * Math.min(most, Math.max(0.2, factor));
  }

  /** Stop when switches flip to and fro without getting anywhere. */
  chatter() {
    if (++this.flips % MAX_FLIPS) return;
    if (this.t - this.flipTime < 1e-6 * this.end) {
      const { model, s, g } = this;
      model.margins(this.t, this.y, this.p, s, g);
      const i = this.watched.find((j) => HELD[model.kinds[j]](g[j]) !== s[j]) ?? this.watched[0];
      this.fail(`The model flips to and fro at the condition ${model.conditions[i]}`);
    }
    this.flipTime = this.t;
  }

  updatePeaks(y) {
    const { n, peak, floor, weights, rtol, atol } = this;
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const size = Math.abs(y[i]);
      if (size > peak[i]) peak[i] = size;
      if (peak[i] > largest) largest = peak[i];
    }
    this.largest = largest;
    for (let i = 0; i < n; i++) {
      // What is a ten-thousandth of the tolerance of its own peak does not matter. The other term
      // only lets variables leave zero.
      floor[i] = atol === undefined ? 1e-4 * rtol * peak[i] + 1e-30 * largest : atol * weights[i];
      floor[i] += this.noise[i];
    }
  }

  /** Root mean square of an error, each component on its own scale. */
  norm(error) {
    const { n, y, y1, floor, rtol } = this;
    let sum = 0;
    let worst = 0;
    this.worst = 0;
    for (let i = 0; i < n; i++) {
      const e = error[i];
      if (e === 0) continue;
      const q = e / (floor[i] + rtol * Math.max(Math.abs(y[i]), Math.abs(y1[i])));
      sum += q * q;
      if (!(q * q <= worst)) {
        worst = q * q;
        this.worst = i;
      }
    }
    return n ? Math.sqrt(sum / n) : 0;
  }

  /**
   * A variable that is the small difference of large flows cannot be had more accurately than
   * their rounding errors allow. Measure these by nudging the state.
   */
  admitNoise(h) {
    const { n, y, k, scratch, point, noise } = this;
    const nudge = 1e-7;
    for (let i = 0; i < n; i++) point[i] = y[i] * (1 + nudge * Math.sin(12.9898 * (i + 1)));
    this.model.rates(this.t, point, this.p, this.s, scratch);
    for (let i = 0; i < n; i++) {
      const flow = Math.abs(scratch[i] - k[0][i]) / nudge;
      if (flow < Infinity) noise[i] = Math.max(noise[i], 1e-12 * flow * h);
    }
    this.updatePeaks(y);
  }

  dopri(h) {
    const { n, t, p, s, y, y1, k, scratch: z, model } = this;
    const [k1, k2, k3, k4, k5, k6, k7] = k;
    let i;
    for (i = 0; i < n; i++) z[i] = y[i] + h * A21 * k1[i];
    model.rates(t + h / 5, z, p, s, k2);
    for (i = 0; i < n; i++) z[i] = y[i] + h * (A31 * k1[i] + A32 * k2[i]);
    model.rates(t + 0.3 * h, z, p, s, k3);
    for (i = 0; i < n; i++) z[i] = y[i] + h * (A41 * k1[i] + A42 * k2[i] + A43 * k3[i]);
    model.rates(t + 0.8 * h, z, p, s, k4);
    for (i = 0; i < n; i++) {
      z[i] = y[i] + h * (A51 * k1[i] + A52 * k2[i] + A53 * k3[i] + A54 * k4[i]);
    }
    model.rates(t + (8 / 9) * h, z, p, s, k5);
    for (i = 0; i < n; i++) {
      z[i] = y[i] + h * (A61 * k1[i] + A62 * k2[i] + A63 * k3[i] + A64 * k4[i] + A65 * k5[i]);
    }
    model.rates(t + h, z, p, s, k6);
    for (i = 0; i < n; i++) {
      y1[i] = y[i] + h * (A71 * k1[i] + A73 * k3[i] + A74 * k4[i] + A75 * k5[i] + A76 * k6[i]);
    }
    model.rates(t + h, y1, p, s, k7);
    const stage = this.point;
    let bend = 0;
    let move = 0;
    for (i = 0; i < n; i++) {
      stage[i] = h * (E1 * k1[i] + E3 * k3[i] + E4 * k4[i] + E5 * k5[i] + E6 * k6[i] + E7 * k7[i]);
      const scale = this.floor[i] + this.rtol * Math.abs(y1[i]);
      if (scale > 0) {
        bend += ((k7[i] - k6[i]) / scale) ** 2;
        move += ((y1[i] - z[i]) / scale) ** 2;
      }
    }
    const error = this.norm(stage);
    if (error <= 1) {
      this.lastStage = true;
      this.prepared = false;
      this.stepSize = h;
      this.watchStiffness(h * h * bend > STIFF ** 2 * move);
    }
    return error;
  }

  /** Hairer's test: is it stability rather than accuracy that limits the step? */
  watchStiffness(limited) {
    if (limited) {
      this.calm = 0;
      this.stiffness++;
    } else if (++this.calm === 6) {
      this.stiffness = 0;
    }
  }

  rodas(h) {
    const { n, t, p, s, y, y1, scratch: z, u, model } = this;
    this.factorise(h);
    const f = this.k[6];
    for (let stage = 0; stage < 6; stage++) {
      z.set(y);
      for (let j = 0; j < stage; j++) addTo(z, RA[stage][j], u[j], n);
      model.rates(t + RT[stage] * h, z, p, s, f);
      for (let j = 0; j < stage; j++) addTo(f, RC[stage][j] / h, u[j], n);
      if (RD[stage] && model.timed) addTo(f, h * RD[stage], this.slopeInTime, n);
      u[stage].set(f);
      solveLu(this, u[stage]);
    }
    for (let i = 0; i < n; i++) y1[i] = z[i] + u[5][i];
    const error = this.norm(u[5]);
    this.prepared = false;
    this.stepSize = h;
    return error;
  }

  /** Jacobian by differences, and the matrix of the stages in factors. */
  factorise(h) {
    const { n, t, p, s, y, k, jacobian, matrix, model, point, scratch, slopeInTime } = this;
    if (this.jacobianTime !== t) {
      const f = k[0];
      point.set(y);
      for (let j = 0; j < n; j++) {
        const size = Math.max(Math.abs(y[j]), 1e-4 * this.peak[j], 1e-3 * h * Math.abs(f[j]));
        const delta = 1.5e-8 * (size || this.largest || 1) * (f[j] < 0 ? -1 : 1);
        point[j] = y[j] + delta;
        const per = 1 / (point[j] - y[j]);
        model.rates(t, point, p, s, scratch);
        for (let i = 0; i < n; i++) jacobian[j * n + i] = (scratch[i] - f[i]) * per;
        point[j] = y[j];
      }
      slopeInTime.fill(0);
      if (model.timed) {
        const later = t + Math.max(1e-5 * h, 1e-10 * t);
        model.rates(later, y, p, s, scratch);
        for (let i = 0; i < n; i++) slopeInTime[i] = (scratch[i] - f[i]) / (later - t);
      }
      this.jacobianTime = t;
    }
    for (let i = 0; i < n * n; i++) matrix[i] = -jacobian[i];
    for (let i = 0; i < n; i++) matrix[i * n + i] += 1 / (h * GAMMA);
    factoriseLu(this);
  }

  // --- Dense output -------------------------------------------------------------------------

  /** State at the fraction `theta` of the step just made. */
  interpolate(theta, out) {
    if (!this.prepared) this.prepareDense();
    const { n, dense } = this;
    const [c0, c1, c2, c3, c4] = dense;
    const rest = 1 - theta;
    if (this.denseStiff) {
      for (let i = 0; i < n; i++) {
        out[i] = c0[i] * rest + theta * (c1[i] + rest * (c2[i] + theta * c3[i]));
      }
    } else {
      for (let i = 0; i < n; i++) {
        out[i] = c0[i] + theta * (c1[i] + rest * (c2[i] + theta * (c3[i] + rest * c4[i])));
      }
    }
  }

  prepareDense() {
    const { n, y, y1, k, u, dense, stepSize: h } = this;
    const [c0, c1, c2, c3, c4] = dense;
    this.prepared = true;
    this.denseStiff = this.stiff;
    c0.set(y);
    for (let i = 0; i < n; i++) {
      if (this.stiff) {
        c1[i] = y1[i];
        c2[i] = c3[i] = 0;
        for (let j = 0; j < 5; j++) {
          c2[i] += RH2[j] * u[j][i];
          c3[i] += RH3[j] * u[j][i];
        }
      } else {
        const rise = y1[i] - y[i];
        c1[i] = rise;
        c2[i] = h * k[0][i] - rise;
        c3[i] = rise - h * k[6][i] - c2[i];
        c4[i] =
          h * (D1 * k[0][i] + D3 * k[2][i] + D4 * k[3][i] + D5 * k[4][i] + D6 * k[5][i] +
            D7 * k[6][i]);
      }
    }
  }

  /**
   * Where in the step does a watched switch first change?
   * @returns {number} fraction of the step, 1 when none changes, 0 when the step is too long to
   *   be sure
   */
  firstChange(h) {
    const { grid, watched, s, model } = this;
    const { kinds } = model;
    const margins = (theta, out) => {
      this.interpolate(theta, this.point);
      model.margins(this.t + theta * h, this.point, this.p, s, out);
    };
    for (let j = 0; j <= 4; j++) margins(j / 4, grid[j]);
    let low = 0;
    let high = 1;
    let found = false;
    for (let j = 1; j <= 4 && !found; j++) {
      if (this.flipped(grid[j])) {
        found = true;
        high = j / 4;
        low = (j - 1) / 4;
      }
    }
    for (const i of watched) {
      const looks = inspect(grid, i, kinds[i], s[i], high);
      if (looks === null) {
        if (h > 1e-8 * this.end && !this.isNoise(i, h)) return 0;
        continue;
      }
      for (const near of looks) {
        const look = this.vertex(near, i, margins);
        margins(look, this.g);
        if (look >= high || !this.flipped(this.g)) continue;
        found = true;
        high = look;
        low = 0;
      }
    }
    if (!found) return 1;
    // Bisect to the last digit of the time.
    while (this.t + low * h < this.t + high * h) {
      const middle = (low + high) / 2;
      if (middle <= low || middle >= high) break;
      margins(middle, this.g);
      if (this.flipped(this.g)) high = middle;
      else low = middle;
    }
    return high;
  }

  /** Where a margin is extreme, near a fraction of the step: the vertex of a parabola. */
  vertex(theta, i, margins) {
    const [a, b, c] = [-1, 0, 1].map((j) => {
      margins(theta + j / 64, this.g);
      return this.g[i];
    });
    const shift = (a - c) / (a - 2 * b + c) / 128;
    return Math.abs(shift) < 1 / 32 ? theta + shift : theta;
  }

  /** Does a margin move less in the step just made than errors of the state let it? */
  isNoise(i, h) {
    const { grid, n, y1, point, g } = this;
    for (let j = 0; j < n; j++) point[j] = y1[j] * (1 + 1e-9 * Math.sin(12.9898 * (j + 1)));
    this.model.margins(this.t + h, point, this.p, this.s, g);
    const samples = grid.map((row) => row[i]);
    return Math.max(...samples) - Math.min(...samples) < Math.abs(g[i] - samples[4]);
  }
}

/** The level at which a rounded quantity changes next. */
function nextLevel(kind, held, slope) {
  const up = slope > 0;
  if (kind === 5) return up ? held + 1 : held;
  if (kind === 6) return up ? held : held - 1;
  if (held === 0) return up ? 1 : -1;
  if (held > 0) return up ? held + 1 : held;
  return up ? held : held - 1;
}

/**
 * Look at a margin between its five samples in a step.
 * @returns {number[]|null} fractions of the step worth looking at; null when the samples do not
 *   describe the margin
 */
function inspect(grid, i, kind, held, limit) {
  const [a, b, c, d, e] = [grid[0][i], grid[1][i], grid[2][i], grid[3][i], grid[4][i]];
  const range = Math.max(a, b, c, d, e) - Math.min(a, b, c, d, e);
  const near = Math.min(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d), Math.abs(e));
  if (!(range > 0) || (kind <= EQUALITY && near > 2 * range)) return NOTHING;
  if (Math.abs(a - 4 * b + 6 * c - 4 * d + e) > 0.05 * range) return null;
  let [top, high, bottom, low] = [-Infinity, 0, Infinity, 0];
  for (let j = 1; j < 32 && j < 32 * limit; j++) {
    const x = j / 8; // from 0 to 4
    // Newton's form of the polynomial through the samples.
    const q =
      a + x * (b - a + ((x - 1) / 2) * (c - 2 * b + a + ((x - 2) / 3) *
        (d - 3 * c + 3 * b - a + ((x - 3) / 4) * (e - 4 * d + 6 * c - 4 * b + a))));
    if (q > top) [top, high] = [q, x / 4];
    if (q < bottom) [bottom, low] = [q, x / 4];
  }
  // The extremes, when they cross the threshold or nearly do.
  return [low, high].filter((x, j) => {
    const q = (j ? top : bottom) + (j ? 0.05 : -0.05) * range;
    return x > 0 && HELD[kind](q) !== held;
  });
}

function checkTimes(times) {
  if (!times || !(times.length > 0)) throw new Error("times must be a list of at least one time");
  let last = -Infinity;
  for (const t of times) {
    if (!Number.isFinite(t) || t < 0) throw new Error(`times must be finite and not negative: ${t}`);
    if (t <= last) throw new Error(`times must increase: ${t} follows ${last}`);
    last = t;
  }
}

function addTo(sum, factor, vector, n) {
  for (let i = 0; i < n; i++) sum[i] += factor * vector[i];
}

/** LU factors, by columns, in place; and the last row of each column. */
function factoriseLu({ matrix: a, pivots, last, n }) {
  for (let j = 0; j < n; j++) {
    const column = j * n;
    let pivot = j;
    last[j] = j;
    for (let i = j + 1; i < n; i++) {
      if (a[column + i] !== 0) last[j] = i;
      if (Math.abs(a[column + i]) > Math.abs(a[column + pivot])) pivot = i;
    }
    pivots[j] = pivot;
    const top = a[column + pivot];
    a[column + pivot] = a[column + j];
    a[column + j] = top;
    for (let i = j + 1; i <= last[j]; i++) a[column + i] /= top;
    for (let m = column + n; m < n * n; m += n) {
      const factor = a[m + pivot];
      if (factor === 0) continue;
      a[m + pivot] = a[m + j];
      a[m + j] = factor;
      for (let i = j + 1; i <= last[j]; i++) a[m + i] -= a[column + i] * factor;
    }
  }
}

function solveLu({ matrix: a, pivots, last, n }, b) {
  for (let j = 0; j < n; j++) {
    const value = b[pivots[j]];
    b[pivots[j]] = b[j];
    b[j] = value;
    if (value === 0) continue;
    const column = j * n;
    for (let i = j + 1; i <= last[j]; i++) b[i] -= a[column + i] * value;
  }
  for (let j = n - 1; j >= 0; j--) {
    const column = j * n;
    const value = b[j] / a[column + j];
    b[j] = value;
    if (value === 0) continue;
    for (let i = 0; i < j; i++) b[i] -= a[column + i] * value;
  }
}
