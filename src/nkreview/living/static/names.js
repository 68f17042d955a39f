// What the HTML of a figure, its SVG and the scripts call each other.
// Python reads this list too (nkreview.living.names), so each name stands here only.
export default {
  "element": "nk-explorer",
  "registry": "nkreviewModels",
  "parts": "nkreviewParts",

  "curve": "curve-",
  "ghost": "ghost-",
  "legend": "legend-",
  "reference": "reference-",
  "level": "level-",

  "plot": "nk-plot",
  "cursor": "nk-cursor",
  "mark": "nk-mark",
  "status": "nk-status",
  "runs": "nk-runs",
  "remark": "nk-remark",
  "notice": "nk-notice",
  "said": "nk-said",
  "words": "nk-words",
  "value": "nk-value",
  "help": "nk-help",
  "tools": "nk-tools",
  "panel": "nk-drawer",
  "layer": "nk-layer",
  "interval": "nk-interval",
  "guess": "nk-guess",
  "pad": "nk-pad",
  "table": "nk-table",
  "csv": "nk-csv",
  "sbml": "nk-sbml",
  "link": "nk-link",
  "readout": "data-readout",
  "tool": "data-tool",

  "live": "nk-live",
  "moved": "nk-moved",
  "guessing": "nk-guessing",
  "failed": "nk-failed"
};
