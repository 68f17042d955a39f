// The element of a living figure: when a control moves, the curves are computed and drawn again.
import { Controls } from "./controls.js";
import { Cursor, make, vector } from "./cursor.js";
import { differs, leaves, pathOf, preset, readLink, readable, Run } from "./figure.js";
import { Labels } from "./labels.js";
import names from "./names.js";
import { wordsOf } from "./words.js";

const REST = 700; // milliseconds without another move, before the sentence is read out

/** Register the element for a page, once. */
export function defineExplorer() {
  if (customElements.get(names.element)) return;
  customElements.define(names.element, class extends HTMLElement {
    /** Curves of the current settings: `{x, series: {id: []}}`. */
    trajectories = null;
    /** Readouts of the current settings, by id. */
    readouts = null;
    /** The model, as `nkreview export --to js` makes it; by default the page's of its name. */
    model = null;
    /** The same model as a text that is an expression, for a worker. */
    source = null;
    /** Whether somebody else solves the model and calls `show`. */
    remote = false;
    #others = {}; // what a scenario sets beside the sliders
    #rest = 0;

    connectedCallback() {
      addEventListener("hashchange", this);
      if (this.run) return;
      if (this.setup) this.#begin(); // a widget goes on at once
      // Each figure of a page begins in a task of its own, so that none of these is long. The
      // parser announces an element before it has read what is in it.
      else if (this.querySelector("script")) setTimeout(() => this.#begin());
      else document.addEventListener("DOMContentLoaded", () => this.connectedCallback(),
        { once: true });
    }

    disconnectedCallback() {
      removeEventListener("hashchange", this);
      this.many?.crew.stop();
    }

    handleEvent() {
      this.#follow();
    }

    #begin() {
      if (this.run) return;
      this.setup ??= JSON.parse(this.querySelector("script").textContent);
      this.model ??= this.#registered?.model;
      this.source ??= this.#registered?.source;
      if (!this.model) return this.say(`The model ${this.setup.model} did not load.`);
      this.run = new Run(this.setup, this.model);
      this.form = this.querySelector("form");
      this.form.addEventListener("submit", (event) => event.preventDefault());
      this.form.addEventListener("input", ({ target }) => {
        this.say("", names.remark);
        if (target.name === "scenario") this.#choose(this.scenario);
        this.#redraw();
      });
      this.form.addEventListener("change", () => this.#settle());
      this.form.addEventListener("reset", (event) => {
        event.preventDefault();
        this.#choose(this.setup.scenarios[0]);
        this.say("", names.said);
        this.say("All controls are reset.", names.said);
        this.#redraw();
        this.#settle();
      });
      this.controls = new Controls(this.form, this.setup.sliders,
        (text) => this.say(text, names.remark));
      if (this.setup.kind !== "map") this.cursor = new Cursor(this);
      if (this.cursor && !this.setup.bins) this.labels = new Labels(this);
      const { width, height } = this.querySelector(`.${names.plot}`).viewBox.baseVal;
      this.style.setProperty("--nk-ratio", width / height);
      this.querySelectorAll(`[${names.tool}]`).forEach((button) => this.#offer(button));
      this.classList.add(names.live);
      this.#choose(this.setup.scenarios[0]);
      if (this.#follow()) return; // somebody wants to show what is there
      this.#redraw();
      if (this.setup.predict) this.#ask();
    }

    /** Let the reader guess a curve first; where the tool does not load, the figure is whole. */
    async #ask() {
      this.classList.add(names.guessing);
      await (this.sight ??= comesIntoSight(this));
      try {
        (await this.tool("guess")).begin(this);
      } catch (error) {
        this.classList.remove(names.guessing);
        this.say(error.message);
      }
    }

    /** What the model's own script has left for the figures of a page. */
    get #registered() {
      return globalThis[names.registry]?.[this.setup.model];
    }

    /** Constants that the current controls set. */
    get settings() {
      return { ...this.#others, ...this.controls.values };
    }

    /** The chosen scenario. */
    get scenario() {
      return this.setup.scenarios.find(({ id }) => id === this.form.elements.scenario.value);
    }

    /**
     * Move the controls from code.
     * @param {string} scenario its id
     * @param {Object<string, number>} settings
     * @param {boolean} [tell] whether a kernel is to know
     */
    adopt(scenario, settings, tell = false) {
      this.#choose(this.setup.scenarios.find(({ id }) => id === scenario), settings);
      this.#redraw(tell);
      this.#settle();
    }

    /** A control was released, or the figure was moved from code. */
    #settle() {
      this.#announce();
      this.dispatchEvent(new CustomEvent("nk-settled", { bubbles: true }));
    }

    /** Say aloud what the figure shows, once it has come to rest. */
    #announce() {
      clearTimeout(this.#rest);
      this.#rest = setTimeout(
        () => this.say(this.querySelector(`.${names.words}`).textContent, names.said), REST);
    }

    /**
     * Draw a result, or say why there is none.
     * @param {{trajectories?: object, readouts?: object, error?: string, runs?: string}} result
     */
    show({ trajectories = null, readouts = null, error = "", runs = "" }) {
      const { setup } = this;
      Object.assign(this, { trajectories, readouts });
      this.classList.toggle(names.failed, !trajectories); // no curve is better than a wrong one
      this.cursor?.show();
      if (setup.runs) this.say(runs, names.runs);
      if (!trajectories) {
        this.say("", names.words);
        this.say(`The model could not be solved at these settings: ${error}`);
        return;
      }
      this.classList.toggle(names.moved, differs(setup, this.scenario, this.settings));
      for (const { id } of setup.series) {
        this.drawn(names.curve, id, "path").setAttribute("d", pathOf(setup, trajectories, id));
      }
      if (setup.kind === "map") this.#draw(trajectories);
      else this.say(wordsOf(setup, trajectories, readouts), names.words);
      this.labels?.show(trajectories);
      this.say(leaves(setup, trajectories) ? "A curve leaves the axes at the top." : "");
      for (const output of this.querySelectorAll(`[${names.readout}]`)) {
        write(output, readable(readouts[output.getAttribute(names.readout)]));
      }
      this.dispatchEvent(new CustomEvent("nk-update", { bubbles: true }));
    }

    #redraw(tell = true) {
      this.controls.tell();
      if (tell) this.dispatchEvent(new CustomEvent("nk-settings", { bubbles: true }));
      if (this.remote) return;
      if (this.setup.runs) {
        this.#gather();
        return;
      }
      let result;
      try {
        result = this.run.solve(this.settings);
      } catch (error) {
        result = { error: error.message };
      }
      this.show(result);
    }

    /** Let a worker run the model many times; the tool for it is loaded when it is first needed. */
    async #gather() {
      this.say("Runs are under way.", names.runs);
      await (this.sight ??= comesIntoSight(this));
      try {
        await (await this.#employ()).gather(this.settings);
      } catch (error) {
        this.show({ error: error.message });
      }
    }

    /** Who computes and draws what takes many runs. */
    async #employ() {
      const { employ } = await this.tool("many");
      return this.many ??= employ(this);
    }

    /** Draw the cells of a map; only where a kernel computes them nobody is employed yet. */
    async #draw(trajectories) {
      const chart = this.many ?? await this.#employ();
      chart.draw(trajectories);
      this.say(chart.words, names.words);
    }

    /** Put every control where a scenario has it, or at given settings. */
    #choose(scenario, settings = {}) {
      this.#others = { ...scenario.set, ...settings };
      this.form.elements.scenario.value = scenario.id;
      const wanted = { ...preset(this.setup, scenario), ...settings };
      this.controls.put(wanted);
      this.say(scenario.notice, names.notice);
      this.say("", names.remark);
    }

    /** Take settings from the address, if they are for this figure; say what could not be used. */
    #follow() {
      const found = readLink(this.setup, location.hash);
      if (!found) return false;
      const { scenario, settings, remarks } = found;
      this.#choose(scenario, settings);
      this.say(remarks.length ? `In this link: ${remarks.join("; ")}.` : "", names.remark);
      this.#redraw();
      this.scrollIntoView({ block: "nearest" });
      return true;
    }

    /** Write into a live region; writing the same again would be read out again. */
    say(text, region = names.status) {
      write(this.querySelector(`.${region}`), text);
    }

    /** A piece of the drawing that belongs to a series. */
    drawn(kind, id, tag) {
      return this.querySelector(`#${CSS.escape(`${this.setup.prefix}${kind}${id}`)} ${tag}`);
    }

    /** Let a button show and hide the panel of its tool. */
    #offer(button) {
      const panel = this.querySelector(`#${CSS.escape(button.getAttribute("aria-controls"))}`);
      button.addEventListener("click", async () => {
        panel.hidden = !panel.hidden;
        button.setAttribute("aria-expanded", String(!panel.hidden));
        if (panel.hidden || panel.hasChildNodes()) return;
        try {
          const tool = await this.tool(button.getAttribute(names.tool));
          if (!panel.hasChildNodes()) tool.open(this, panel);
        } catch (error) {
          panel.textContent = error.message;
        }
      });
    }

    /**
     * What only some readers need, loaded when it is first needed.
     * @param {string} name of a tool
     * @returns {Promise<object>} its exports
     */
    async tool(name) {
      const parts = globalThis[names.parts];
      if (!parts[name]) await load(new URL(`${name}.js`, parts.script));
      parts.made ??= {};
      return parts.made[name] ??= parts[name](parts.shared);
    }

    /**
     * What belongs to the model and lies beside it: its `sbml`, its `draws`.
     * @param {string} kind
     * @returns {Promise<any>}
     */
    async data(kind) {
      const { setup } = this;
      if (setup[kind]) return setup[kind];
      const entry = this.#registered;
      if (!entry[kind]) await load(new URL(`${setup.model}.${kind}.js`, entry.script));
      return entry[kind];
    }

    /**
     * A group of the drawing for a tool, behind the curves and within the axes.
     * @param {string} name of the tool
     * @returns {SVGGElement}
     */
    layer(name) {
      const [first] = this.setup.series;
      const ghost = this.drawn(names.ghost, first.id, "path");
      const layer = vector("g", { class: `${names.layer} ${names.layer}-${name}`,
        "clip-path": ghost.getAttribute("clip-path") });
      const group = ghost.closest(`[id$="${names.ghost}${first.id}"]`);
      group.parentNode.insertBefore(layer, group);
      return layer;
    }
  });
}

/** Give an element a text, unless it has it; a new text in its old node needs no new style. */
function write(element, text) {
  if (element.textContent !== text) (text && element.firstChild || element).textContent = text;
}

/** Wait until a reader is near an element. */
function comesIntoSight(element) {
  return new Promise((resolve) => {
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      watch.disconnect();
      resolve();
    }, { rootMargin: "100%" });
    watch.observe(element);
  });
}

/** Load a classic script. */
function load(address) {
  return new Promise((resolve, reject) => {
    document.head.append(make("script", { src: address, onload: resolve,
      onerror: () => reject(new Error(`${address} did not load`)) }));
  });
}
