// Schematic figures on a touch screen, where nothing hovers.

/**
 * Let a first tap on a part say what it is, and a second tap follow its link.
 * Without this script a tap follows the link at once.
 *
 * @param {HTMLElement} figure the figure, with a link around each part
 */
export function tellBeforeLeaving(figure) {
  let told = null;
  let finger = false;
  figure.addEventListener("pointerdown", (event) => {
    finger = event.pointerType === "touch";
  });
  figure.addEventListener("click", (event) => {
    const part = event.target.closest("svg a");
    const again = part === told;
    told?.removeAttribute("data-told");
    told = null;
    if (!part || again || !finger || event.detail === 0) return; // Enter on a link has no detail
    event.preventDefault();
    part.setAttribute("data-told", "");
    told = part;
  });
}
