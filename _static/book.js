// Small repairs of the theme, for readers without a mouse and readers without sight.

document.addEventListener("DOMContentLoaded", () => {
  // Their visible text says more than these labels, and voice control goes by what it sees.
  for (const element of document.querySelectorAll(
    "summary[aria-label], .search-button-field[aria-label]"
  )) {
    element.removeAttribute("aria-label");
  }

  // The sidebar holds the title and the search field, which stand in no landmark otherwise.
  const sidebar = document.getElementById("pst-primary-sidebar");
  sidebar?.setAttribute("role", "complementary");
  sidebar?.setAttribute("aria-label", "Book");

  // An arrow in the contents says which pages it shows and hides.
  for (const arrow of document.querySelectorAll("summary:has(> .toctree-toggle)")) {
    const page = arrow.closest("li").querySelector("a").textContent.trim();
    arrow.setAttribute("aria-label", `Pages below ${page}`);
  }

  for (const box of document.querySelectorAll("input.task-list-item-checkbox")) {
    box.setAttribute("aria-label", box.parentElement.textContent.trim());
  }

  // docutils marks citations with a role that lists don't take.
  for (const citation of document.querySelectorAll('[role="list"] > .citation')) {
    citation.setAttribute("role", "listitem");
  }

  reachWideFormulas();
  window.addEventListener("resize", reachWideFormulas);
});

// A formula wider than the window scrolls; the Tab key must get there, and only there.
function reachWideFormulas() {
  for (const formula of document.querySelectorAll(".katex-display")) {
    if (formula.scrollWidth > formula.clientWidth) {
      formula.tabIndex = 0;
    } else {
      formula.removeAttribute("tabindex");
    }
  }
}
