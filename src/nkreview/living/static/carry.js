// What a reader takes away from a figure: its numbers, its model, a link to its settings.
import { csvOf, linkTo } from "./figure.js";
import names from "./names.js";

/**
 * Fill the panel.
 * @param {HTMLElement} figure the living figure
 * @param {HTMLElement} panel
 */
export function open(figure, panel) {
  const { model, view } = figure.setup;
  const csv = offer(panel, names.csv, "Curves (CSV)", () => {
    if (!figure.trajectories) return;
    const text = csvOf(figure.setup, figure.scenario, figure.settings, figure.trajectories);
    save(text, "text/csv", `${model}-${view}.csv`);
  });
  offer(panel, names.sbml, "Model (SBML)",
    async () => save(await figure.data("sbml"), "application/xml", `${model}.xml`));
  const link = panel.appendChild(document.createElement("a"));
  Object.assign(link, { className: names.link, textContent: "Link to these settings" });
  const follow = () => {
    link.href = linkTo(figure.setup, figure.scenario, figure.settings);
    csv.disabled = !figure.trajectories;
  };
  figure.addEventListener("nk-update", follow);
  follow();
}

function offer(panel, className, words, give) {
  const button = panel.appendChild(document.createElement("button"));
  Object.assign(button, { type: "button", className, textContent: words });
  button.addEventListener("click", give);
  return button;
}

/** Let a browser save a text as a file. */
function save(text, type, name) {
  const link = document.createElement("a");
  Object.assign(link, { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}
