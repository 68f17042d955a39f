// On paper nothing unfolds and the ground is white: what is printed is open, in light colours.
{
  const { documentElement: root } = document;
  let theme;
  let folded = [];
  addEventListener("beforeprint", () => {
    ({ theme } = root.dataset);
    root.dataset.theme = "light";
    folded = root.querySelectorAll("article details:not([open], nk-explorer *)");
    folded.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = theme;
    folded.forEach((one) => { one.open = false; });
  });
}
