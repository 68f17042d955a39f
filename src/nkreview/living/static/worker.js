// What a worker does beside a page: run after run, and what was found every now and then.
import { realise } from "./chance.js";
import { Run } from "./figure.js";

const PAUSE = 60; // milliseconds between two answers

/** For each kind of work, a function from a task to what it gives. */
const WAYS = {
  /** One realisation: for each series its values, given a seed. */
  chance: (model, { times, series }) => (seed) => series.map(({ symbol, parameters }) =>
    realise(model, { parameters, times, seed }).values[symbol]),
  /** One solution: curves and readouts, given what differs from the settings. */
  solve: (model, { setup, settings }) => {
    const run = new Run(setup, model);
    return (changes) => run.solve({ ...settings, ...changes });
  },
};

/**
 * Work on the newest job that a page sends, until a newer one comes.
 * @param {DedicatedWorkerGlobalScope} scope
 * @param {object} model default export of a generated module
 */
export function serve(scope, model) {
  let newest;
  scope.onmessage = async ({ data: { job, way, work, tasks } }) => {
    newest = job;
    try {
      const run = WAYS[way](model, work);
      let found = [];
      let last = performance.now();
      for (const [i, task] of tasks.entries()) {
        found.push(run(task));
        const done = i + 1;
        if (done < tasks.length && performance.now() - last < PAUSE) continue;
        scope.postMessage({ job, done, found });
        found = [];
        await new Promise((resolve) => { setTimeout(resolve); }); // a newer job may have come
        if (job !== newest) return;
        last = performance.now();
      }
    } catch (error) {
      scope.postMessage({ job, error: error.message });
    }
  };
}
