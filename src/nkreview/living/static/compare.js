// Runs that a reader pins: thin numbered curves behind the present ones, readouts side by side.
import { nameOf } from "./changes.js";
import { make, vector } from "./cursor.js";
import { pathOf, place, position, readable } from "./figure.js";
import names from "./names.js";

const MOST = 3;
const PLAIN = "min-width: 5rem; font-weight: 400; vertical-align: top";

/**
 * Fill the panel.
 * @param {HTMLElement} figure the living figure; a picture of it finds the pinned runs as `pins`
 * @param {HTMLElement} panel
 */
export function open(figure, panel) {
  const { setup } = figure;
  const pins = Array.from({ length: MOST }, () => null);
  const lines = setup.kind !== "map" && !setup.stacked; // areas would hide each other
  const layer = lines ? figure.layer("compare") : null;
  if (lines) figure.pins = pins;
  const numbers = layer?.ownerSVGElement.appendChild(layer.cloneNode()); // before all curves
  const button = make("button", { type: "button" }, "Pin this run");
  const said = make("output");
  const box = make("div", { className: names.table, tabIndex: 0, role: "region", hidden: true });
  box.setAttribute("aria-label", "Runs side by side");
  panel.append(button, said, box);
  let follow = () => {};

  const show = (text) => {
    said.textContent = text;
    const marks = pins.flatMap((run, k) => run && layer ? drawn(figure, run, k) : []);
    layer?.replaceChildren(...marks.map(({ line }) => line));
    numbers?.replaceChildren(...marks.flatMap(({ number }) => number ?? []));
    box.hidden = !pins.some(Boolean);
    follow = fill(box, figure, pins, (k) => {
      const { name } = pins[k];
      pins[k] = null;
      show(`Run ${k + 1} is unpinned: ${name}.`);
      button.focus();
    });
  };
  button.addEventListener("click", () => {
    const run = present(figure);
    const free = pins.indexOf(null);
    const same = pins.findIndex((pinned) => pinned?.key === run.key);
    if (!run.curves) show("There is no curve at these settings.");
    else if (same >= 0) show(`This run is pinned already, as run ${same + 1}.`);
    else if (free < 0) show("Three runs are pinned; unpin one of them first.");
    else {
      pins[free] = run;
      show(`Pinned as run ${free + 1}: ${run.name}.`);
    }
  });
  figure.addEventListener("nk-update", () => follow());
}

/** The run that the figure shows now. */
function present({ setup, scenario, settings, trajectories, readouts }) {
  const key = JSON.stringify([scenario.id, settings]);
  return { name: nameOf(setup, scenario, settings), key, curves: trajectories, readouts };
}

/** The curves of a pinned run, each with the run's number where there is room for it. */
function drawn(figure, { curves }, k) {
  const { setup } = figure;
  return setup.series.map(({ id }, j) => {
    const { stroke, strokeDasharray } =
      getComputedStyle(figure.drawn(names.ghost, id, "path"));
    const line = vector("path", { d: pathOf(setup, curves, id), fill: "none", stroke,
      "stroke-width": 1.2, "stroke-dasharray": strokeDasharray });
    const points = curves.x.map((x, i) => [x, curves.series[id][i]]);
    const start = Math.round(points.length * (0.15 + 0.25 * k + 0.06 * j));
    const spot = [...points.slice(start), ...points].find(([, y]) => {
      const height = position(y, setup.y);
      return height > 0.03 && height < 0.97;
    });
    if (!spot) return { line };
    const [x, y] = place(setup, ...spot);
    const number = vector("text", { x, y: y + 3, "font-size": 9, "text-anchor": "middle",
      style: "fill: currentColor; stroke: var(--nk-paper); stroke-width: 3; paint-order: stroke",
      "font-weight": 700 }, k + 1);
    return { line, number };
  });
}

/** Write the table; returns what to do when the present run has changed. */
function fill(box, figure, pins, unpin) {
  const { setup } = figure;
  const shown = setup.readouts.filter((readout) => readout.shown);
  const heads = make("tr", {}, make("td"));
  const rows = shown.map(({ label, unit }) => make("tr", {},
    make("th", { scope: "row", style: PLAIN }, unit ? `${label} (${unit})` : label)));
  const column = (run, title) => {
    const head = make("th", { scope: "col", style: PLAIN }, title(run));
    heads.append(head);
    const cells = rows.map((row) => row.appendChild(make("td")));
    const tell = (now) => {
      head.firstChild.textContent = title(now);
      shown.forEach(({ id }, i) => { cells[i].textContent = readable(now.readouts?.[id]); });
    };
    tell(run);
    return { head, tell };
  };
  pins.forEach((run, k) => {
    if (!run) return;
    const { head } = column(run, ({ name }) => `${k + 1}: ${name} `);
    const style = "display: block; margin-left: auto";
    const button = head.appendChild(make("button", { type: "button", style }, "Unpin"));
    button.setAttribute("aria-label", `Unpin run ${k + 1}`);
    button.addEventListener("click", () => unpin(k));
  });
  const { tell } = column(present(figure), ({ name }) => `now: ${name}`);
  box.replaceChildren(make("table", { style: "font-size: 0.85em" }, heads, ...rows));
  return () => tell(present(figure));
}
