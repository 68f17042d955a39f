// The curves of a figure as a file of comma-separated values.

/**
 * The curves as a table; lines that begin with # tell units and settings.
 * @param {import("./figure.js").Setup} setup
 * @param {import("./figure.js").Scenario} scenario
 * @param {import("./figure.js").Settings} settings
 * @param {import("./figure.js").Trajectories} trajectories
 * @returns {string}
 */
export function csvOf(setup, scenario, settings, { x, series }) {
  const first = setup.x.parameter ?? "time";
  const units = Object.fromEntries(setup.sliders.map(({ id, unit }) => [id, unit]));
  const notes = [
    `${setup.model}, ${setup.view}; scenario ${scenario.id}`,
    ...Object.entries(settings).map(([id, value]) => `${id} = ${value} ${units[id] ?? ""}`.trim()),
    `Column ${first}: ${setup.x.label} (${setup.x.unit || "no unit"})`,
    ...setup.columns?.map(({ id, label, unit }) => `Column ${id}: ${label} (${unit || "no unit"})`)
      ?? setup.series.map(({ id, label }) =>
        `Column ${id}: ${label}; ${setup.y.label} (${setup.y.unit || "no unit"})`),
  ].map((note) => `# ${note}`);
  const ids = Object.keys(series);
  const rows = x.map((at, i) => [at, ...ids.map((id) => series[id][i])]);
  return [...notes, [first, ...ids], ...rows].join("\n") + "\n";
}
