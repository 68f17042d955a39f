// The drawing of a figure as a picture that stands alone: dark ink on white, with its caption.
import { vector } from "./cursor.js";
import names from "./names.js";

const INK = "#222222";
const QUIET = "#555555";
const PAPER = "#ffffff";
const FONT = "Helvetica, Arial, Liberation Sans, sans-serif";
const [SIZE, LEADING, MARGIN] = [8, 10.5, 8]; // of the caption, in units of the drawing
const LINE = /.{1,68}(?:[ &/]|$)|.{1,68}/g; // as much as fits, up to a space or a sign of an address
const WIDTH = 576; // pixels, as wide as a figure gets in a page
const SHARPNESS = 2; // pixels of a PNG for each of those
const LOOKS = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width",
  "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "paint-order", "opacity"];
const WRITTEN = [...LOOKS, "font-size", "font-weight", "text-anchor"];

/**
 * The drawing as the text of an SVG file.
 * @param {HTMLElement} figure the living figure
 * @param {string[]} paragraphs of its caption; the first is the title
 * @returns {string}
 */
export function svgOf(figure, paragraphs) {
  const drawing = figure.querySelector(`.${names.plot}`).cloneNode(true);
  const { width, height } = drawing.viewBox.baseVal;
  // Styled as in the figure, but with the colours of paper, whatever the page's are.
  const desk = figure.appendChild(document.createElement("div"));
  desk.style.cssText = `position: fixed; opacity: 0; width: ${WIDTH}px; color: ${INK};`
    + `forced-color-adjust: none; --nk-paper: ${PAPER}; --nk-line: #cccccc; --nk-quiet: ${QUIET};`;
  desk.append(drawing);
  drawing.querySelector(`.${names.mark}`)?.remove();
  settle(drawing);
  desk.remove();
  const end = write(drawing, paragraphs, height);
  const paper = { x: -MARGIN, y: -MARGIN, width: width + 2 * MARGIN, height: end + 2 * MARGIN };
  drawing.prepend(vector("rect", { ...paper, fill: PAPER }));
  drawing.setAttribute("viewBox", Object.values(paper).join(" "));
  drawing.setAttribute("width", WIDTH);
  drawing.setAttribute("height", Math.round((WIDTH * paper.height) / paper.width));
  drawing.setAttribute("font-family", FONT);
  drawing.removeAttribute("class");
  // Older programs know the former name of a reference, and not the page's colour and font.
  return new XMLSerializer().serializeToString(drawing)
    .replaceAll("currentColor", INK)
    .replaceAll("font-family: inherit", `font-family: ${FONT}`)
    .replaceAll(' href="#', ' xlink:href="#')
    .replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ');
}

/**
 * A picture of the text of an SVG.
 * @param {string} svg
 * @returns {Promise<Blob>} PNG
 */
export const pngOf = (svg) => new Promise((resolve, reject) => {
  const image = new Image();
  image.onerror = reject;
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = image.width * SHARPNESS;
    canvas.height = image.height * SHARPNESS;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(resolve, "image/png");
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
});

/** Leave out what does not show; let what shows say itself how it looks. */
function settle(drawing) {
  for (const element of [...drawing.querySelectorAll("g, path, use, text, line, circle, rect")]) {
    if (element.closest("defs")) continue;
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility !== "visible") {
      element.remove();
      continue;
    }
    const looks = { g: ["opacity"], text: WRITTEN }[element.localName] ?? LOOKS;
    element.setAttribute("style",
      looks.map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; "));
    element.removeAttribute("class");
  }
}

/** Write title and caption below the drawing; returns where they end. */
function write(drawing, paragraphs, y) {
  paragraphs.forEach((text, nth) => {
    for (const line of text.match(LINE)) {
      y += LEADING;
      drawing.append(vector("text", { x: 0, y, "font-size": SIZE,
        "font-weight": nth ? "normal" : "bold", fill: nth ? QUIET : INK }, line.trim()));
    }
  });
  return y;
}
