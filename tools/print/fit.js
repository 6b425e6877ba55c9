// Runs in the browser once everything is in place, at the width of the paper: makes what
// is wider than the text smaller, since paper does not scroll.

() => {
  const narrowed = [];
  const shrink = (element, needed, room, text) => {
    if (needed <= room + 1) return;
    const size = parseFloat(getComputedStyle(element).fontSize);
    element.style.fontSize = `${(size * room) / needed}px`;
    narrowed.push(`${text.slice(0, 60)}: ${Math.round((100 * room) / needed)} %`);
  };
  const width = (element) => element.getBoundingClientRect().width;
  for (const formula of document.querySelectorAll(".katex-display")) {
    // Each line of a formula is a box of its own, as wide as what stands in it.
    const lines = [...formula.querySelectorAll(".katex-html > .katex-base")].map(width);
    const tex = formula.querySelector("annotation").textContent;
    shrink(formula, Math.max(...lines), formula.clientWidth, tex);
  }
  for (const table of document.querySelectorAll("table")) {
    shrink(table, width(table), table.parentElement.clientWidth, table.textContent.trim());
  }
  return narrowed;
}
