/**
 * The evidence ledger: filter, sort, and open at one row.
 * Without this script the page is a complete table; the filter is hidden then.
 */

/** @param {number[]} a @param {number[]} b @returns {number} */
function compare(a, b) {
  const differ = a.findIndex((value, i) => value !== b[i]);
  return differ < 0 ? 0 : a[differ] - b[differ];
}

/** Return the addresses of the pages that discuss a row.
 * @param {HTMLTableRowElement} row @returns {string[]} */
function pagesOf(row) {
  const links = [...row.querySelectorAll(".nk-discussed a")];
  return links.length ? links.map((link) => link.getAttribute("href").split("#")[0]) : ["none"];
}

/**
 * Bring the filter of one ledger to life.
 * @param {HTMLElement} ledger The element around the form, the status line and the table.
 */
export function openLedger(ledger) {
  const form = ledger.querySelector("form.nk-filter");
  const status = ledger.querySelector(".nk-status");
  const body = ledger.querySelector("tbody");
  const rows = [...body.rows];
  const pages = new Map(rows.map((row) => [row, pagesOf(row)]));
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const order = (name) => [...form.querySelectorAll(`[name="${name}"]`)].map((box) => box.value);
  const place = (name, row) => order(name).indexOf(row.dataset[name]);
  let sorted = "number";

  /** What a row is sorted by; rows that tie keep the order of their numbers.
   * @type {Record<string, (row: HTMLTableRowElement) => number[]>} */
  const keys = {
    number: () => [],
    verdict: (row) => [place("verdict", row)],
    document: (row) => [place("document", row), place("verdict", row)],
    checked: (row) => [place("checked", row)],
  };

  /** @param {FormData} wanted @param {HTMLTableRowElement} row @returns {boolean} */
  function matches(wanted, row) {
    const ticked = (name) => wanted.getAll(name);
    const among = (name) => !ticked(name).length || ticked(name).includes(row.dataset[name]);
    const words = wanted.get("text").toLowerCase().split(/\s+/);
    return ["document", "verdict", "checked", "changed"].every(among)
      && (!wanted.get("chapter") || pages.get(row).includes(wanted.get("chapter")))
      && words.every((word) => texts.get(row).includes(word));
  }

  function update() {
    const wanted = new FormData(form);
    for (const row of rows) row.hidden = !matches(wanted, row);
    if (wanted.get("sort") !== sorted) {
      sorted = wanted.get("sort");
      const key = keys[sorted];
      body.append(...[...rows].sort((a, b) => compare(key(a), key(b))));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    status.textContent = shown
      ? `${shown} of ${rows.length} claims shown.`
      : "No claim fits all of this. “Show all” clears the filter.";
  }

  /** Open at the row that the address names, with a filter that shows it. */
  function goToRow() {
    const id = location.hash.slice(1);
    const row = rows.find((candidate) => candidate.id === id);
    if (row?.hidden) {
      form.reset();
      update();
    }
    if (row) row.scrollIntoView();
    else if (/^[RABCD]\d+$/.test(id)) status.textContent = `There is no claim ${id}.`;
  }

  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(update)); // the event comes before the reset
  addEventListener("hashchange", goToRow);
  form.hidden = false;
  update();
  goToRow();
}
