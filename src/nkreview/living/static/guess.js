// A reader guesses how a curve will run, and then sees it. The guess stays in this browser.
import { choicesFor, compare, heightsOf, plainCourse, valueAt, wordsOf } from "./course.js";
import { readable } from "./figure.js";
import names from "./names.js";

const POINTS = 49;
const STEP = 0.05; // of the height, for one press of a key

/**
 * Let the reader guess the series that the figure's setup names; whoever has guessed before sees it.
 * @param {HTMLElement} figure the living figure, which hides what would give the curve away
 */
export function ask(figure) {
  new Guess(figure).begin();
}

class Guess {
  heights = new Array(POINTS).fill(null); // where nothing is drawn, null
  at = 0; // where the keys are
  chosen = false; // as a course in words

  constructor(figure) {
    const { setup } = figure;
    const series = setup.series.find(({ id }) => id === setup.predict);
    const values = figure.trajectories?.series[series.id];
    Object.assign(this, { figure, setup, series, values });
    this.key = `nkreview-guess:${setup.key}:${series.id}`;
    this.layer = figure.layer("guess");
    this.panel = make("div", { className: names.guess });
  }

  begin() {
    const kept = this.values && this.#recall();
    if (kept) {
      Object.assign(this, kept);
      this.#reveal();
    } else if (this.values) {
      this.#ask();
    } else {
      this.figure.classList.remove(names.guessing); // there is no curve to guess
    }
  }

  #ask() {
    const { figure, series, values, setup } = this;
    const heights = heightsOf(setup, values);
    if (setup.kind === "time-course") this.start = heights[0]; // it is a setting, no result
    this.heights[0] = this.start ?? null;
    const told = `${series.label} (${setup.y.label})`;
    const where = this.start === undefined ? "" : " It begins at the dot.";
    this.show = button("Show the model’s curve", () => this.#finish());
    this.again = button("Start again", () => this.#clear());
    this.choices = choicesFor(heights).map((ways) => button(`It ${wordsOf(ways)}`, () => {
      this.heights = plainCourse(ways, this.start, POINTS);
      this.#draw(ways);
    }));
    this.panel.append(
      make("p", {}, make("strong", {}, "Guess first. "), `How will it run: ${told}? `,
        `Draw it into the plot, by pointer, finger or arrow keys.${where}`),
      make("p", {}, "Or choose a course in words:"),
      make("div", {}, ...this.choices),
      make("div", {}, this.show, this.again, button("Skip", () => this.#leave())));
    attributes(this.panel, { role: "group", "aria-label": "Your guess" });
    figure.form.prepend(this.panel);
    this.#makePad();
    this.#hideWords(true);
    figure.addEventListener("nk-settings", this.leave = () => this.#leave(false));
    this.#draw();
  }

  /** A range input over the plot: keys and pointer draw on it. */
  #makePad() {
    const { figure: { cursor }, setup, series } = this;
    const pad = make("input", { type: "range", min: 0, max: POINTS - 1, value: 0,
      className: `${names.cursor} ${names.pad}` });
    pad.setAttribute("aria-label", `Draw ${series.label}: left and right move along ` +
      `${setup.x.label}, up and down set the height`);
    pad.style.cssText = cursor.style.cssText;
    pad.addEventListener("keydown", (event) => this.#press(event));
    pad.addEventListener("input", () => this.#go(Number(pad.value)));
    for (const type of ["focus", "blur"]) pad.addEventListener(type, () => this.#draw(this.chosen));
    pad.addEventListener("pointerdown", (event) => this.#touch(event));
    pad.addEventListener("pointermove", (event) => this.stroke && this.#stroke(event));
    pad.addEventListener("pointerup", () => { this.stroke = null; });
    pad.addEventListener("pointercancel", () => {
      if (!this.stroke) return;
      this.heights = this.stroke.before; // the finger scrolls the page
      this.stroke = null;
      this.#draw();
    });
    cursor.after(pad);
    this.pad = pad;
  }

  #press(event) {
    const { key, shiftKey } = event;
    const along = { ArrowLeft: -2, ArrowRight: 2, Home: -POINTS, End: POINTS }[key];
    const up = { ArrowUp: 1, ArrowDown: -1, PageUp: 4, PageDown: -4 }[key];
    if (!along && !up) return;
    event.preventDefault();
    if (along) {
      this.#go(this.at + (shiftKey ? along / 2 : along));
    } else {
      const height = this.#height() + up * (shiftKey ? STEP / 5 : STEP);
      this.heights[this.at] = within(height, 1);
      this.#draw();
    }
  }

  #go(at) {
    this.at = within(Math.round(at), POINTS - 1);
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
    const to = within(Math.round((offsetX / pad.clientWidth) * (POINTS - 1)), POINTS - 1);
    const height = within(1 - offsetY / pad.clientHeight, 1);
    const { to: from = to, height: first = height } = stroke;
    const way = Math.sign(to - from) || 1;
    for (let i = from; i !== to + way; i += way) {
      this.heights[i] = to === from ? height : first + ((i - from) / (to - from)) * (height - first);
    }
    Object.assign(stroke, { to, height });
    this.at = to;
    this.#draw();
  }

  /** The guess where the keys are; between what is drawn it runs straight. */
  #height() {
    return this.#whole()[this.at] ?? 0.5;
  }

  #whole() {
    const set = this.heights.flatMap((height, i) => (height === null ? [] : [i]));
    return this.heights.map((height, i) => {
      if (height !== null || !set.length) return height;
      const [low = set[0], high = set.at(-1)] = [set.findLast((k) => k < i), set.find((k) => k > i)];
      const share = high === low ? 0 : (i - low) / (high - low);
      return this.heights[low] + share * (this.heights[high] - this.heights[low]);
    });
  }

  #clear() {
    this.heights.fill(null);
    this.heights[0] = this.start ?? null;
    this.#draw();
    this.pad.focus({ preventScroll: true });
  }

  /** Draw the guess; `ways` when it is a course in words. */
  #draw(ways = false) {
    const { setup, heights, pad, at } = this;
    this.chosen = ways;
    const drawn = heights.some((height, i) => height !== null && (i || this.start === undefined));
    this.show.disabled = this.again.disabled = !drawn;
    for (const choice of this.choices) {
      const pressed = Boolean(ways) && choice.textContent === `It ${wordsOf(ways)}`;
      choice.setAttribute("aria-pressed", String(pressed));
    }
    pad.value = at;
    const there = this.#whole()[at];
    pad.setAttribute("aria-valuetext", `${withUnit(setup.x, at / (POINTS - 1))}: ` +
      (there === null ? "nothing is drawn yet" : withUnit(setup.y, there)));
    this.layer.replaceChildren(this.#line());
    if (this.start !== undefined) this.#dot(0, this.start, { r: 5, fill: "currentColor" });
    if (document.activeElement === pad) {
      this.#dot(at, this.#height(), { r: 7, fill: "none", stroke: "currentColor", "stroke-width": 2 });
    }
  }

  /** From the first to the last point that is drawn. */
  #line() {
    const { heights } = this;
    const first = heights.findIndex((height) => height !== null);
    const last = heights.findLastIndex((height) => height !== null);
    const points = this.#whole().map((height, i) => this.#place(i, height).join(" "));
    return vector("path", { d: last > first ? `M${points.slice(first, last + 1).join("L")}` : "",
      fill: "none", stroke: "currentColor", "stroke-width": 3, "stroke-linecap": "round",
      "stroke-dasharray": "0 6" });
  }

  #dot(i, height, look) {
    const [cx, cy] = this.#place(i, height);
    this.layer.append(vector("circle", { cx, cy, ...look }));
  }

  #place(i, height) {
    const [left, top, width, high] = this.setup.box;
    return [left + (width * i) / (POINTS - 1), top + high * (1 - height)].map((n) => n.toFixed(2));
  }

  #finish() {
    this.heights = this.#whole();
    this.chosen = Boolean(this.chosen);
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
    if (focus) this.figure.form.elements.scenario.focus({ preventScroll: true });
  }

  #end() {
    this.figure.removeEventListener("nk-settings", this.leave);
    this.pad.remove();
    this.#hideWords(false);
    this.figure.classList.remove(names.guessing);
  }

  /** The curve and the guess together, and what can be learnt. */
  #reveal() {
    const { figure, panel, setup, heights, values, chosen } = this;
    figure.classList.remove(names.guessing);
    const last = POINTS - 1;
    const [x, y] = this.#place(last, heights[last]);
    const label = vector("text", { x: x - 6, y: heights[last] > 0.9 ? Number(y) + 16 : y - 8,
      "text-anchor": "end", "font-size": 12, fill: "currentColor" });
    label.textContent = "your guess";
    this.layer.replaceChildren(this.#line(), label);
    const said = make("p", { tabIndex: -1 }, compare(setup, heights, values, chosen));
    panel.replaceChildren(said, button("Erase my guess", () => {
      this.#keep(null);
      this.layer.remove();
      said.textContent = "Your guess is erased.";
      panel.replaceChildren(said);
      said.focus({ preventScroll: true });
    }));
    figure.form.parentElement.after(panel);
  }

  /** The description of a figure says what it shows. */
  #hideWords(hidden) {
    const plot = this.figure.querySelector(`.${names.plot}`);
    const { prefix } = this.setup;
    plot.setAttribute("aria-labelledby", hidden ? `${prefix}title` : `${prefix}title ${prefix}desc`);
  }

  /** Where a browser keeps nothing, a guess lasts as long as its page. */
  #keep(text) {
    try {
      if (text === null) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, text);
    } catch { /* storage is blocked */ }
  }

  #recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      return kept?.heights.length === POINTS && kept.heights.every(Number.isFinite) ? kept : null;
    } catch {
      return null; // storage is blocked, or somebody else has written there
    }
  }
}

const within = (value, most) => Math.min(Math.max(value, 0), most);

const withUnit = (axis, share) => `${readable(valueAt(axis, share))} ${axis.unit}`.trim();

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function button(words, press) {
  const made = make("button", { type: "button", textContent: words });
  made.addEventListener("click", press);
  return made;
}

function attributes(element, given) {
  for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
  return element;
}

function vector(tag, given) {
  return attributes(document.createElementNS("http://www.w3.org/2000/svg", tag), given);
}
