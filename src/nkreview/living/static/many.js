// What takes many runs: maps, ensembles and bands, in a worker.
import { Ensemble } from "./ensemble.js";
import { Chart } from "./map.js";
import { Sure } from "./sure.js";

/**
 * Return what computes a view of many runs, and shows it.
 * @param {HTMLElement} figure the living figure
 */
export function employ(figure) {
  return new (figure.setup.kind === "map" ? Chart : Ensemble)(figure);
}

/**
 * Fill the panel.
 * @param {HTMLElement} figure the living figure
 * @param {HTMLElement} panel
 */
export function open(figure, panel) {
  return new Sure(figure, panel);
}
