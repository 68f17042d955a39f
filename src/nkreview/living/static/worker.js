// What a worker does for a view by chance: run after run, and what was found every now and then.
import { realise } from "./chance.js";

const PAUSE = 60; // milliseconds between two answers

/**
 * Work on the newest job that a page sends, until a newer one comes.
 * @param {DedicatedWorkerGlobalScope} scope
 * @param {object} model default export of a generated module
 */
export function serve(scope, model) {
  let newest;
  scope.onmessage = async ({ data }) => {
    newest = data.job;
    const { job, runs, times, series } = data;
    try {
      let found = series.map(() => []);
      let last = performance.now();
      for (let seed = 1; seed <= runs; seed++) {
        series.forEach(({ symbol, parameters }, k) =>
          found[k].push(realise(model, { parameters, times, seed }).values[symbol]));
        if (seed < runs && performance.now() - last < PAUSE) continue;
        scope.postMessage({ job, done: seed, found });
        found = series.map(() => []);
        await new Promise((resolve) => { setTimeout(resolve); }); // a newer job may have come
        if (job !== newest) return;
        last = performance.now();
      }
    } catch (error) {
      scope.postMessage({ job, error: error.message });
    }
  };
}
