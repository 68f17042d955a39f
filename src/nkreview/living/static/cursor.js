// The cursor of a plot: a range input over it; where it stands, the legend tells the values.
import { heightOf, place, readable, reading } from "./figure.js";
import names from "./names.js";

export class Cursor {
  #reading = false;

  /** @param {HTMLElement} figure the living figure */
  constructor(figure) {
    const { setup: { x } } = figure;
    const plot = figure.querySelector(`.${names.plot}`);
    const input = make("input",
      { type: "range", className: names.cursor, min: 0, max: x.points - 1 });
    const mark = plot.appendChild(vector("g", { class: names.mark }));
    Object.assign(this, { figure, input, mark });
    input.setAttribute("aria-label", `Read the curves at ${x.label}`);
    layOver(figure, plot, input);
    const read = (on) => { this.#reading = on; this.show(); };
    input.addEventListener("pointermove", ({ pointerType, offsetX }) => {
      if (pointerType !== "mouse") return;
      input.value = (offsetX / input.clientWidth) * input.max;
      read(true);
    });
    input.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && read(false));
    input.addEventListener("input", () => read(true));
    input.addEventListener("focus", () => read(true));
    input.addEventListener("blur", () => read(false));
  }

  /** Show the values at the cursor, or hide them. */
  show() {
    const { figure, figure: { setup, setup: { x, series } }, input, mark } = this;
    if (!this.#reading && !mark.hasChildNodes()) return; // nothing is shown, nothing to hide
    const curves = this.#reading && figure.trajectories;
    const i = Number(input.value);
    const told = series.map((s) => curves ? reading(s, curves.series[s.id], i) : s.label);
    series.forEach(({ id }, k) => figure.drawn(names.legend, id, "text").replaceChildren(told[k]));
    mark.replaceChildren();
    if (!curves) return;
    const at = x.categories?.[i] ?? `${readable(curves.x[i])} ${x.unit}`.trim();
    input.setAttribute("aria-valuetext", [at, ...told].join("; "));
    mark.append(...this.#line(place(setup, curves.x[i], 0)[0], at), ...this.#dots(curves, i));
  }

  /** A line across the axes, and the value of x beside it. */
  #line(px, text) {
    const [left, top, width, height] = this.figure.setup.box;
    const late = px > left + width / 2;
    return [
      vector("path", { d: `M${px} ${top}v${height}` }),
      vector("text", { x: px + (late ? -5 : 5), y: top + height - 5,
        "text-anchor": late ? "end" : "start" }, text),
    ];
  }

  /** A dot on each curve that is within the axes. */
  #dots(curves, i) {
    const { setup, setup: { series, box: [, top, , height] } } = this.figure;
    return series.flatMap(({ id }) => {
      const [cx, cy] = place(setup, curves.x[i], heightOf(setup, curves, id, i));
      const { stroke } = getComputedStyle(this.figure.drawn(names.curve, id, "path"));
      const within = cy >= top && cy <= top + height;
      return within ? [vector("circle", { cx, cy, r: 3.5, fill: stroke })] : [];
    });
  }
}

/** Lay an element over the axes of a plot. */
export function layOver({ setup: { box: [left, top, width, height] } }, plot, element) {
  const { width: whole, height: high } = plot.viewBox.baseVal;
  const share = (part, of) => `${(100 * part) / of}%`;
  Object.assign(element.style, { left: share(left, whole), width: share(width, whole),
    top: share(top, high), height: share(height, high) });
  plot.after(element);
}

/** A new element of a page. */
export function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A new element of a drawing. */
export function vector(tag, attributes, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}
