// The sliders beside a living figure: each with its keys, a field for its number, and its help.
import {
  axisPoints, clampRemark, positionText, readNumber, standAt, stepped, valueAt,
} from "./figure.js";
import names from "./names.js";

const TOWARDS = { ArrowRight: 1, ArrowUp: 1, PageUp: 1, ArrowLeft: -1, ArrowDown: -1, PageDown: -1 };

export class Controls {
  /**
   * @param {HTMLFormElement} form
   * @param {import("./figure.js").Slider[]} sliders
   * @param {(text: string) => void} remark says what became of a number that could not be taken
   */
  constructor(form, sliders, remark) {
    this.remark = remark;
    this.parts = sliders.map((slider) => {
      const range = form.elements[slider.id];
      const [number, unit] = range.parentElement.querySelector(`.${names.value}`).children;
      const part = { slider, range, number, unit };
      this.#reserve(part);
      range.addEventListener("keydown", (event) => this.#press(part, event));
      number.addEventListener("input", (event) => event.stopPropagation()); // until it is complete
      number.addEventListener("change", () => this.#take(part));
      number.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault(); // in JupyterLab nothing would follow from it
        number.dispatchEvent(new Event("change", { bubbles: true }));
      });
      return part;
    });
    form.querySelectorAll(`.${names.help}`).forEach((button) => button.addEventListener("click",
      () => this.#help(button)));
  }

  /** Where the sliders stand. */
  get values() {
    return Object.fromEntries(this.parts.map(({ slider, range }) =>
      [slider.id, valueAt(slider, Number(range.value))]));
  }

  /** Put the sliders somewhere. */
  put(values) {
    for (const { slider, range } of this.parts) range.value = standAt(slider, values[slider.id]);
  }

  /** Write beside each slider where it stands, and say so to those who do not see it. */
  tell() {
    const { values } = this;
    for (const part of this.parts) {
      const { slider, range, number, unit } = part;
      if (part.told === values[slider.id] && number.value === part.text) continue;
      const [text, of] = positionText(slider, values[slider.id]);
      Object.assign(part, { told: values[slider.id], text });
      number.value = text;
      unit.textContent = of;
      range.setAttribute("aria-valuetext", `${text} ${of}`.trim());
    }
  }

  /** Keep room for the longest text, so that nothing moves under the finger. */
  #reserve({ slider, number }) {
    const texts = axisPoints({ ...slider, points: 101 }).map((at) =>
      positionText(slider, valueAt(slider, standAt(slider, at)))[0]);
    number.style.width = `${Math.max(...texts.map(({ length }) => length)) + 1}ch`;
  }

  /** Shift makes a step fine, the page keys make it coarse. */
  #press({ slider, range }, event) {
    const towards = TOWARDS[event.key];
    if (!towards || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const size = event.key.startsWith("Page") ? "coarse" : event.shiftKey ? "fine" : "usual";
    range.value = stepped(slider, Number(range.value), towards, size);
    for (const type of ["input", "change"]) range.dispatchEvent(new Event(type, { bubbles: true }));
  }

  /** Take the number that was typed, or the nearest that there is. */
  #take({ slider, range, number }) {
    const typed = readNumber(slider, number.value);
    const within = Math.min(Math.max(typed, slider.min), slider.max);
    if (!Number.isNaN(typed)) range.value = standAt(slider, within);
    range.dispatchEvent(new Event("input", { bubbles: true }));
    const text = clampRemark(slider, typed);
    this.remark(text && `${text}.`);
  }

  #help(button) {
    const text = button.parentElement.querySelector("small");
    text.hidden = !text.hidden;
    button.setAttribute("aria-expanded", String(!text.hidden));
  }
}
