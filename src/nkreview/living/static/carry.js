// What a reader takes away from a figure: numbers, pictures, the model, a link, the run as code.
import { archiveOf } from "./archive.js";
import { changesOf, nameOf } from "./changes.js";
import { codeOf } from "./code.js";
import { csvOf } from "./csv.js";
import { linkTo } from "./link.js";
import names from "./names.js";
import { pngOf, svgOf } from "./picture.js";

/**
 * Fill the panel.
 * @param {HTMLElement} figure the living figure
 * @param {HTMLElement} panel
 */
export function open(figure, panel) {
  const { setup } = figure;
  const said = document.createElement("output");
  const say = (text) => { said.textContent = text; };
  const file = (ending, data, type) => save(data, type, `${setup.model}-${setup.view}.${ending}`);
  const svg = () => svgOf(figure, captionOf(figure));
  const changes = () => changesOf(setup, figure.scenario, figure.settings);

  const numbers = group(panel, "Numbers and pictures");
  const offerDrawn = (words, give, className) => offer(numbers, words, say, () => {
    if (!figure.trajectories) throw new Error("There is no curve at these settings.");
    return give();
  }, className);
  offerDrawn("Curves (CSV)", () => file("csv",
    csvOf(setup, figure.scenario, figure.settings, figure.trajectories), "text/csv"), names.csv);
  offerDrawn("Picture (SVG)", () => file("svg", svg(), "image/svg+xml"));
  offerDrawn("Picture (PNG)", async () => file("png", await pngOf(svg()), "image/png"));
  const model = group(panel, "Model");
  offer(model, "Model (SBML)", say, async () =>
    save(await figure.data("sbml"), "application/xml", `${setup.model}.xml`), names.sbml);
  const follow = [() => say("")];
  if (isRun(setup)) {
    offer(model, "COMBINE archive of these settings", say, async () => file("omex", archiveOf(
      await figure.data("archive"), setup.view, { ...figure.scenario.set, ...changes() })));
  }
  if (isOnPage(setup)) follow.push(offerLink(group(panel, "Link"), figure, say));
  if (isRun(setup)) {
    follow.push(offerCode(group(panel, "As code"), () =>
      codeOf(setup, figure.scenario, changes()), say));
  }
  panel.append(said);
  const all = () => follow.forEach((one) => one());
  for (const event of ["nk-settings", "nk-update"]) figure.addEventListener(event, all);
  all();
}

/** Whether a view is one run, or one for each value of a constant: others can repeat that. */
const isRun = ({ kind }) => kind === "time-course" || kind === "dose-response";

/** Whether a figure stands on a page with an address; a widget's is the notebook's. */
const isOnPage = ({ model }) => Boolean(globalThis[names.registry]?.[model]);

/** What stands below a picture. */
function captionOf(figure) {
  const { setup, scenario, settings } = figure;
  const own = nameOf(setup, scenario, settings);
  const address = isOnPage(setup) && location.protocol.startsWith("http")
    ? [`${location.href.split("#")[0]}${linkTo(setup, scenario, settings)}`] : [];
  const thin = figure.classList.contains(names.moved) ? " Faint lines: the default run." : "";
  const pinned = (figure.pins ?? []).flatMap((run, k) => run ? [`${k + 1}: ${run.name}.`] : []);
  return [setup.title, setup.describe, `Settings: ${own}.${thin} Model: ${setup.model}.`,
    ...pinned, ...address];
}

/** A link to the settings, and a button that copies it. */
function offerLink(place, figure, say) {
  const link = place.appendChild(document.createElement("a"));
  Object.assign(link, { className: names.link, textContent: "Link to these settings" });
  offer(place, "Copy the link", say, () => copy(link.href, "The link is copied.", say));
  return () => { link.href = linkTo(figure.setup, figure.scenario, figure.settings); };
}

/** A button for each language that shows the code below, and one that copies it. */
function offerCode(place, code, say) {
  const box = document.createElement("div");
  const text = box.appendChild(document.createElement("pre"));
  const languages = Object.keys(code());
  const buttons = languages.map((language) => offer(place, `As ${language}`, say, () => {
    chosen = chosen === language ? null : language;
    show();
  }));
  offer(box, "Copy the code", say, () => copy(text.textContent, "The code is copied.", say));
  place.append(box);
  Object.assign(text, { tabIndex: 0, role: "region" });
  text.style.cssText = "overflow: auto; background: none; color: inherit; font-size: 0.85em";
  let chosen = null;
  const show = () => {
    box.hidden = !chosen;
    text.textContent = chosen ? code()[chosen] : "";
    text.setAttribute("aria-label", `The run as code: ${chosen}`);
    buttons.forEach((button, k) =>
      button.setAttribute("aria-expanded", String(languages[k] === chosen)));
  };
  return show;
}

async function copy(text, done, say) {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch {
    say("This browser does not let the page copy; select the text and copy it by hand.");
  }
}

/** A row of the menu. */
function group(panel, words) {
  const row = panel.appendChild(document.createElement("div"));
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", words);
  row.style.cssText = "display: flex; flex-wrap: wrap; gap: 0.4rem; align-items: center";
  return row;
}

function offer(place, words, say, give, className = "") {
  const button = place.appendChild(document.createElement("button"));
  Object.assign(button, { type: "button", className, textContent: words });
  button.addEventListener("click", async () => {
    say("");
    try {
      await give();
    } catch (error) {
      say(error.message);
    }
  });
  return button;
}

/** Let a browser save data as a file. */
function save(data, type, name) {
  const link = document.createElement("a");
  const blob = data instanceof Blob ? data : new Blob([data], { type });
  Object.assign(link, { href: URL.createObjectURL(blob), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}
