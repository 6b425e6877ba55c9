// What both laboratories share on a page.

window.dlLabs ??= {};

(() => {
  /** A number for readers: short, and never a row of zeros. */
  function short(value) {
    const size = Math.abs(value);
    const text = !Number.isFinite(value) ? String(value).replace("Infinity", "∞")
      : size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
    return text.replace("e+", "e").replaceAll("-", "−");
  }

  /** The color of the ground that an element stands on, whichever site or notebook it is in. */
  function groundOf(element) {
    for (let node = element; node instanceof Element; node = node.parentElement) {
      const color = getComputedStyle(node).backgroundColor;
      const [r, g, b, opacity = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
      if (opacity > 0.5) return {color, dark: 0.299 * r + 0.587 * g + 0.114 * b < 128};
    }
    return {color: "#ffffff", dark: false};
  }

  /** Call `redraw` when the page turns dark or light. */
  function onNewTheme(redraw) {
    const watched = {attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light", "theme"]};
    for (const whole of [document.documentElement, document.body]) new MutationObserver(redraw).observe(whole, watched);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  }

  /** Call `start` with each element that has not been started, now or when the page is there. */
  function startEach(selector, start) {
    const all = () => {
      for (const lab of document.querySelectorAll(`${selector}:not([data-ready])`)) {
        lab.dataset.ready = "yes";
        start(lab);
      }
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
    else all();
    // In a notebook, cells that are run later bring more of them.
    if (document.querySelector(".jp-Cell, .cell-output, .notebook-container")) {
      new MutationObserver(all).observe(document.body, {childList: true, subtree: true});
    }
  }

  /** The settings in the address of a page, for the laboratory that they belong to. */
  function ownAddress(lab) {
    const owned = lab.hasAttribute("data-own-address");
    const read = () => (owned && location.hash.includes("=") ? location.hash.slice(1) : "");
    return {
      read,
      write: (text) => {
        if (owned) history.replaceState(history.state, "", `#${text}`);
      },
      listen: (load) => {
        if (owned) window.addEventListener("hashchange", () => read() && read() !== lab.dataset.config && load(read()));
      },
    };
  }

  /** Copy a text; where that is forbidden, select it. */
  async function copy(button, code) {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: now copy it";
    }
  }

  /** Make an element with attributes and what is in it. */
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  Object.assign(window.dlLabs, {short, groundOf, onNewTheme, startEach, ownAddress, copy, element});
})();
