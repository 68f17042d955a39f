// The run of a figure as code that gives it again: for a terminal, in Python, in JavaScript.

const PACKAGE = "# Needs the Python package of this book, nkreview.";

/**
 * @param {import("./figure.js").Setup} setup
 * @param {import("./figure.js").Scenario} scenario
 * @param {import("./figure.js").Settings} changes what differs from the scenario
 * @returns {Object<string, string>} code by the language's name
 */
export function codeOf(setup, scenario, changes) {
  const { model, view } = setup;
  const set = Object.entries(changes).map(([id, value]) => ` ${id}=${value}`).join("");
  const own = JSON.stringify(changes);
  return {
    "a command": text(
      PACKAGE,
      `nkreview simulate ${model} --view ${view} --scenario ${scenario.id}${set && ` --set${set}`}`,
    ),
    Python: text(
      PACKAGE,
      "from nkreview.model.model import Model",
      "",
      `model = Model.load("${model}")`,
      `curves = model.simulate("${view}", "${scenario.id}", ${own})`,
      "print(curves.to_csv())",
    ),
    JavaScript: text(
      "// Needs two files beside it. The model, in a terminal:",
      `//   nkreview export ${model} --to js --output ${model}.mjs`,
      "// And solver.mjs: the file solver.js of nkreview, from src/nkreview/living/static.",
      'import { simulate } from "./solver.mjs";',
      `import model from "./${model}.mjs";`,
      "",
      `const parameters = ${JSON.stringify({ ...scenario.set, ...changes })};`,
      "const from = (start, end, points) => Array.from({ length: points }, (_, i) =>",
      `  ${spaced(setup.x)});`,
      ...(setup.kind === "time-course" ? course(setup) : sweep(setup)),
    ),
  };
}

const text = (...lines) => `${lines.join("\n")}\n`;

/** How the points of an axis are spaced, as code. */
function spaced({ scale }) {
  return scale === "log"
    ? "start * (end / start) ** (i / (points - 1))"
    : "start + (end - start) * (i / (points - 1))";
}

/** One run. */
function course({ x, series }) {
  const columns = series.map(({ symbol }) => `values.${symbol}[i]`).join(", ");
  return [
    `const times = from(${x.min}, ${x.max}, ${x.points});`,
    "const { values } = simulate(model, { parameters, times });",
    `console.log("${["time", ...series.map(({ id }) => id)]}");`,
    `times.forEach((time, i) => console.log([time, ${columns}].join()));`,
  ];
}

/** One run for each value of a constant and each series; of a run it takes one number. */
function sweep({ x, series, readouts }) {
  const { parameter, min, max, points } = x;
  return [
    "const curves = [",
    ...series.flatMap((one) => curve(one, readouts.find(({ id }) => id === one.readout))),
    "];",
    `console.log("${[parameter, ...series.map(({ id }) => id)]}");`,
    `for (const x of from(${min}, ${max}, ${points})) {`,
    "  const row = curves.map(({ set, symbol, times, read }) => {",
    `    const changed = { ...parameters, ...set, ${parameter}: x };`,
    "    return read(simulate(model, { parameters: changed, times }).values[symbol], times);",
    "  });",
    "  console.log([x, ...row].join());",
    "}",
  ];
}

function curve({ set }, { symbol, rule, span: [start, end], points }) {
  const extreme = `Math.${rule.slice(-3)}(...values)`;
  const step = (end - start) / (points - 1);
  const [times, read] = rule === "at"
    ? [`[${start}]`, "values[0]"]
    : [`Array.from({ length: ${points} }, (_, i) => ${start} + ${step} * i)`,
      rule.startsWith("time") ? `times[values.indexOf(${extreme})]` : extreme];
  return [
    `  { set: ${JSON.stringify(set)}, symbol: "${symbol}",`,
    `    times: ${times}, read: (values, times) => ${read} },`,
  ];
}
