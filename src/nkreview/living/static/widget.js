// The living figure in a notebook: the same element, its controls tied to the traits of a widget.
import { defineExplorer } from "./explorer.js";
import names from "./names.js";

let views = 0; // of this widget in this window

/** Bring one view of the widget to life; returns what to do when it goes. */
async function render({ model, el }) {
  defineExplorer();
  const element = build(model.get("_html"));
  element.model = await load(model.get("_source"));
  element.source = `(() => {\n${model.get("_source").replace(/^export default /m, "return ")}})()`;
  for (const tool of Object.values(model.get("_tools"))) await load(tool);
  element.remote = model.get("engine") === "roadrunner";

  const settled = () => element.scenario.id === model.get("scenario")
    && same(element.settings, model.get("settings"));
  const adopt = () => {
    if (!settled()) element.adopt(model.get("scenario"), model.get("settings"));
  };
  const show = () => element.show(model.get("_result"));
  const tell = () => {
    model.set("scenario", element.scenario.id);
    model.set("settings", element.settings);
    model.save_changes();
  };

  el.append(element);
  const controls = `input, select, button, summary, .${names.panel}`; // what tools put there, too
  for (const control of element.querySelectorAll(controls)) {
    control.dataset.lmSuppressShortcuts = ""; // its keys are not JupyterLab's
  }
  adopt();
  if (element.remote) show();
  element.addEventListener("nk-settings", tell);
  model.on("change:scenario", adopt);
  model.on("change:settings", adopt);
  if (element.remote) model.on("change:_result", show);
  return () => {
    model.off("change:scenario", adopt);
    model.off("change:settings", adopt);
    model.off("change:_result", show);
  };
}

/** Make the element from its HTML; a second view of a widget has ids of its own. */
function build(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const element = document.importNode(template.content, true).querySelector(names.element);
  const setup = JSON.parse(element.querySelector("script").textContent);
  views += 1;
  if (views > 1) {
    const prefix = `${setup.prefix.slice(0, -1)}.${views}-`;
    for (const node of element.querySelectorAll("*")) {
      for (const attribute of node.attributes) {
        attribute.value = attribute.value.replaceAll(setup.prefix, prefix);
      }
    }
    setup.prefix = prefix;
  }
  element.setup = setup;
  return element;
}

/** Load the model from the text of its module. */
async function load(source) {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: model } = await import(address);
  URL.revokeObjectURL(address);
  return model;
}

/** Whether two mappings hold the same numbers. */
function same(a, b) {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

export default { render };
