// What takes many runs: maps, ensembles and bands, in a worker.
import { Ensemble } from "./ensemble.js";
import { Chart } from "./map.js";

/**
 * Return what computes a view of many runs, and shows it.
 * @param {HTMLElement} figure the living figure
 */
export function employ(figure) {
  return new (figure.setup.kind === "map" ? Chart : Ensemble)(figure);
}
