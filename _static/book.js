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

  let timer = 0;
  window.addEventListener("resize", () => {
    clearTimeout(timer);
    timer = setTimeout(reachWhatScrolls, 300);
  });
});

// The theme takes the focus from a button that was pressed, to hide its tip. Who pressed it
// with a key goes on from there, also after the window that it opened is closed.
let pressed = null;
const giveFocusBack = () => {
  if (document.activeElement === document.body) pressed?.focus();
};
document.addEventListener(
  "click",
  (event) => {
    const byKey = event.detail === 0;
    pressed = byKey ? event.target.closest("button") : null;
    setTimeout(giveFocusBack);
  },
  true
);
document.addEventListener("close", () => setTimeout(giveFocusBack), true);

// A long page is laid out piece by piece once it shows, so that it answers to touch
// meanwhile. Later nothing is estimated any more, and so nothing jumps while one reads.
window.addEventListener("load", () => {
  const pieces = document.querySelectorAll(
    ".bd-article > section > section, .bd-article > section > section .cell"
  );
  inPieces([...pieces], layOut, () => {
    goBack();
    reachWhatScrolls();
  });
});

// Where a reader was when the page was loaded anew. A browser would go back to a height in
// pixels, but heights are estimated until the page is laid out; so we go back to the piece of
// text that stood at the top of the window.
const PLACE = `place in ${location.pathname}`;
const textPieces = () => [...document.querySelectorAll(".bd-article :is(h1, h2, h3, p, li, pre)")];
const topOf = (piece) => piece.getBoundingClientRect().top;
let place = null;

window.addEventListener("pagehide", () => {
  const pieces = textPieces();
  // What is not shown has no height, and stands nowhere.
  const index = pieces.findIndex((piece) => piece.getClientRects().length && topOf(piece) >= 0);
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ index, top: topOf(pieces[index]) }));
  } catch {
    // A reader who keeps no data, or stands below the last line.
  }
});

function goBack() {
  const piece = place && textPieces()[place.index];
  if (piece) window.scrollBy({ top: topOf(piece) - place.top, behavior: "instant" });
}

const [navigation] = performance.getEntriesByType("navigation");
if (["reload", "back_forward"].includes(navigation?.type)) {
  try {
    place = JSON.parse(sessionStorage.getItem(PLACE));
  } catch {
    // No data is kept: the browser goes back as well as it can.
  }
  if (place) history.scrollRestoration = "manual";
  document.addEventListener("DOMContentLoaded", goBack);
  for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"]) {
    window.addEventListener(kind, () => (place = null), { passive: true });
  }
}

const whenIdle = window.requestIdleCallback || ((task) => setTimeout(task, 20));

function inPieces(items, work, done) {
  const next = () => {
    const end = performance.now() + 10;
    while (items.length && performance.now() < end) work(items.shift());
    if (items.length) whenIdle(next);
    else done();
  };
  whenIdle(next);
}

function layOut(piece) {
  piece.style.contentVisibility = "visible";
  piece.getBoundingClientRect();
}

// What is wider than the window scrolls; the Tab key must get there, and only there.
function reachWhatScrolls() {
  const boxes = document.querySelectorAll(
    "pre, .cell_output > .output, .pst-scrollable-table-container, .katex-display"
  );
  const reach = (box) => {
    // A formula is a few pixels taller than its box, and never scrolls up or down.
    const isTall = !box.matches(".katex-display") && box.scrollHeight > box.clientHeight + 1;
    if (box.scrollWidth > box.clientWidth || isTall) {
      box.tabIndex = 0;
    } else {
      box.removeAttribute("tabindex");
    }
  };
  inPieces([...boxes], reach, () => (document.documentElement.dataset.settled = ""));
}
