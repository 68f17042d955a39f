// A reader guesses how a curve will run, and then sees it. The guess stays in this browser.
import {
  axisValue, choicesFor, compare, heightsOf, plainCourse, startOf, withUnit, wordsOf,
} from "./course.js";
import { make, vector } from "./cursor.js";
import { heightOf } from "./figure.js";
import names from "./names.js";

const LAST = 48; // the points of a guess begin at 0
const STEP = 0.05; // of the height, for one press of a key

/**
 * Let the reader guess the series that the figure's setup names; whoever has guessed sees both.
 * @param {HTMLElement} figure the living figure, which hides what would give the curve away
 */
export function begin(figure) {
  if (figure.trajectories) new Guess(figure).begin();
  else figure.classList.remove(names.guessing); // there is no curve to guess
}

class Guess {
  heights = new Array(LAST + 1).fill(null); // where nothing is drawn, null
  at = 0; // where the keys are
  chosen = false; // in words

  constructor(figure) {
    const { setup, trajectories } = figure;
    this.values = trajectories.x.map((_, i) => heightOf(setup, trajectories, setup.predict, i));
    this.key = `nkreview-guess:${setup.key}:${setup.predict}`;
    this.layer = figure.layer("guess");
    this.panel = make("div", { className: names.guess });
    Object.assign(this, { figure, setup });
  }

  begin() {
    const kept = this.#recall();
    if (kept) {
      Object.assign(this, kept);
      this.figure.classList.remove(names.guessing);
      this.#reveal();
    } else {
      this.#ask();
    }
  }

  #ask() {
    const { figure, setup, panel, heights } = this;
    const { label } = setup.series.find(({ id }) => id === setup.predict);
    const truth = heightsOf(setup, this.values);
    const dot = setup.kind === "time-course"; // where a run begins is a setting, no result
    if (dot) this.start = heights[0] = startOf(truth);
    this.show = button("Show the model’s curve", () => this.#finish());
    this.choices = choicesFor(truth).map((ways) => button(`It ${wordsOf(ways)}`,
      ({ target }) => {
        this.heights = plainCourse(ways, this.start, LAST + 1);
        this.#draw(target);
      }));
    panel.append(
      make("p", {}, make("strong", {}, "Guess first. "), `How will “${label}” run? `,
        `Draw it by pointer, finger or arrow keys.${dot ? " It begins at the dot." : ""}`),
      make("p", {}, "Or choose a course:"),
      make("div", {}, ...this.choices),
      make("div", {}, this.show, button("Skip", () => this.#leave())));
    set(panel, { role: "group", "aria-label": "Your guess" });
    figure.form.prepend(panel);
    this.#makePad(label);
    this.#hideWords(true);
    figure.addEventListener("nk-settings", this.leave = () => this.#leave(false));
    this.#draw();
  }

  /** A range input over the plot: keys and pointer draw on it. */
  #makePad(label) {
    const cursor = this.figure.querySelector(`.${names.cursor}`);
    const pad = make("input", { type: "range", max: LAST, value: 0,
      className: `${names.cursor} ${names.pad}` });
    set(pad, { style: cursor.getAttribute("style"), "aria-label": `Draw ${label}: left and right ` +
      `move along ${this.setup.x.label}, up and down set the height` });
    const on = (type, act) => pad.addEventListener(type, act);
    on("keydown", (event) => this.#press(event));
    on("input", () => this.#go(Number(pad.value)));
    on("focus", () => this.#go(this.at));
    on("blur", () => this.#go(this.at));
    on("pointerdown", (event) => this.#touch(event));
    on("pointermove", (event) => this.stroke && this.#stroke(event));
    on("pointerup", () => { this.stroke = null; });
    on("pointercancel", () => { // the finger scrolls the page
      if (this.stroke) this.heights = this.stroke.before;
      this.stroke = null;
      this.#draw();
    });
    cursor.after(pad);
    this.pad = pad;
  }

  #press(event) {
    const { key, shiftKey } = event;
    const along = { ArrowLeft: -2, ArrowRight: 2, Home: -LAST, End: LAST }[key];
    const up = { ArrowUp: 1, ArrowDown: -1, PageUp: 4, PageDown: -4 }[key];
    if (!along && !up) return;
    event.preventDefault();
    if (along) {
      this.#go(this.at + (shiftKey ? along / 2 : along));
    } else {
      const height = this.#whole()[this.at] ?? 0.5;
      this.heights[this.at] = within(height + up * (shiftKey ? STEP / 5 : STEP), 1);
      this.#draw();
    }
  }

  #go(at) {
    this.at = within(at, LAST);
    this.#draw(this.chosen);
  }

  #touch(event) {
    if (!event.isPrimary || event.button) return;
    event.preventDefault(); // it is a pen here, no slider
    this.pad.focus({ preventScroll: true });
    this.pad.setPointerCapture(event.pointerId);
    this.stroke = { before: [...this.heights] };
    this.#stroke(event);
  }

  /** Draw straight on from where the pointer was last. */
  #stroke({ offsetX, offsetY }) {
    const { stroke, pad } = this;
    const to = within(Math.round((offsetX / pad.clientWidth) * LAST), LAST);
    const height = within(1 - offsetY / pad.clientHeight, 1);
    const { at = to, level = height } = stroke;
    const steps = Math.abs(to - at);
    for (let k = 0; k <= steps; k++) {
      const share = steps ? k / steps : 1;
      this.heights[Math.round(at + share * (to - at))] = level + share * (height - level);
    }
    Object.assign(stroke, { at: to, level: height });
    this.at = to;
    this.#draw();
  }

  /** The guess, which runs straight between what is drawn, and level beside it. */
  #whole() {
    const { heights } = this;
    const drawn = [...heights.keys()].filter((i) => heights[i] !== null);
    return heights.map((height, i) => {
      const before = drawn.findLast((k) => k <= i) ?? drawn[0];
      const after = drawn.find((k) => k >= i) ?? drawn.at(-1);
      if (before === after) return heights[before] ?? null;
      return heights[before] +
        ((i - before) / (after - before)) * (heights[after] - heights[before]);
    });
  }

  /** Draw the guess; `chosen` is the button of a course in words. */
  #draw(chosen = false) {
    const { setup, heights, pad, at, start, layer } = this;
    this.chosen = chosen;
    const least = start === undefined ? 0 : 1;
    this.show.disabled = heights.filter((height) => height !== null).length <= least;
    this.choices.forEach((choice) => set(choice, { "aria-pressed": choice === chosen }));
    pad.value = at;
    const there = this.#whole()[at];
    set(pad, { "aria-valuetext": `${withUnit(axisValue(setup.x, at / LAST), setup.x)}: ` +
      (there === null ? "nothing is drawn yet" : withUnit(axisValue(setup.y, there), setup.y)) });
    layer.replaceChildren(this.#line());
    if (least) layer.append(this.#dot(0, start, { r: 5, fill: "currentColor" }));
    if (document.activeElement === pad) {
      const look = { r: 7, fill: "none", stroke: "currentColor", "stroke-width": 2 };
      layer.append(this.#dot(at, there ?? 0.5, look));
    }
  }

  /** From the first to the last point that is drawn. */
  #line() {
    const { heights } = this;
    const drawn = (height) => height !== null;
    const points = this.#whole().map((height, i) => this.#place(i, height).join(" "))
      .slice(heights.findIndex(drawn), heights.findLastIndex(drawn) + 1);
    return vector("path", { d: points.length > 1 ? `M${points.join("L")}` : "", fill: "none",
      stroke: "currentColor", "stroke-width": 3, "stroke-linecap": "round",
      "stroke-dasharray": "0 6" });
  }

  #dot(i, height, look) {
    const [cx, cy] = this.#place(i, height);
    return vector("circle", { cx, cy, ...look });
  }

  #place(i, height) {
    const [left, top, width, high] = this.setup.box;
    return [left + (width * i) / LAST, top + high * (1 - height)].map((n) => Number(n.toFixed(2)));
  }

  #finish() {
    Object.assign(this, { heights: this.#whole(), chosen: Boolean(this.chosen) });
    this.#keep(JSON.stringify({ heights: this.heights, chosen: this.chosen }));
    this.#end();
    this.#reveal();
    this.panel.firstChild.focus({ preventScroll: true });
  }

  /** Show the curve without a guess. */
  #leave(focus = true) {
    this.#end();
    this.layer.remove();
    this.panel.remove();
    const first = ":is(select, input):not([hidden] *)";
    if (focus) this.figure.form.querySelector(first).focus({ preventScroll: true });
  }

  #end() {
    this.figure.removeEventListener("nk-settings", this.leave);
    this.pad.remove();
    this.#hideWords(false);
    this.figure.classList.remove(names.guessing);
  }

  /** Show guess and curve together, and what can be learnt. */
  #reveal() {
    const { figure, panel, setup, heights, values, chosen, layer } = this;
    const [x, y] = this.#place(LAST, heights[LAST]);
    const label = vector("text", { x: x - 6, y: y + (heights[LAST] > 0.9 ? 18 : -8),
      "text-anchor": "end", "font-size": 12, fill: "currentColor", "paint-order": "stroke",
      style: "stroke: var(--nk-paper); stroke-width: 4" }, "your guess");
    layer.replaceChildren(this.#line(), label);
    const said = make("p", { tabIndex: -1 }, compare(setup, heights, values, chosen));
    panel.replaceChildren(said, button("Erase my guess", () => {
      this.#keep();
      layer.remove();
      panel.replaceChildren(said);
      said.textContent = "Your guess is erased.";
      said.focus({ preventScroll: true });
    }));
    figure.form.prepend(panel); // where the question was
  }

  /** Hide the description of the figure from those who hear it: it says what the figure shows. */
  #hideWords(hidden) {
    const { figure, setup: { prefix } } = this;
    set(figure.querySelector(`.${names.plot}`),
      { "aria-labelledby": `${prefix}title${hidden ? "" : ` ${prefix}desc`}` });
  }

  /** Keep a text, or nothing; where a browser keeps nothing, a guess lasts as long as its page. */
  #keep(text) {
    try {
      localStorage.removeItem(this.key);
      if (text) localStorage.setItem(this.key, text);
    } catch { /* storage is blocked */ }
  }

  #recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      return kept?.heights.length === LAST + 1 && kept.heights.every(Number.isFinite) && kept;
    } catch {
      return null; // storage is blocked, or holds what somebody else has written
    }
  }
}

const within = (value, most) => Math.min(Math.max(value, 0), most);

function button(words, press) {
  const made = make("button", { type: "button" }, words);
  made.addEventListener("click", press);
  return made;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
