// Answers questions about living figures, one line of JSON each: what figure.js makes of settings.
import { createInterface } from "node:readline";

const [figureScript, solverScript] = process.argv.slice(2);
const { Run, pathOf, readable } = await import(figureScript);
const { simulate } = await import(solverScript);

/** Curves, readouts, their texts and the drawn paths. */
function figure(model, { setup, settings }) {
  const run = new Run(setup, model);
  return settings.map((at) => {
    const { trajectories, readouts } = run.solve(at);
    const texts = Object.entries(readouts).map(([id, value]) => [id, readable(value)]);
    const paths = setup.series.map(({ id }) => [id, pathOf(setup, trajectories, id)]);
    return { trajectories, texts: Object.fromEntries(texts), paths: Object.fromEntries(paths) };
  });
}

/** The readout of a map in some of its cells. */
function cells(model, { setup, settings, readout }) {
  const run = new Run(setup, model);
  return settings.map((at) => run.solve(at).readouts[readout]);
}

/** How many steps one run to the end takes. */
function steps(model, { end, settings }) {
  return settings.map((parameters) => simulate(model, { parameters, times: [end] }).steps);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, script, ...question } = JSON.parse(line);
  let answer;
  try {
    const model = (await import(script)).default;
    answer = { answer: { figure, cells, steps }[ask](model, question) };
  } catch (error) {
    answer = { error: error.stack };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
