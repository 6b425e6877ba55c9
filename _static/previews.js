// What a link leads to, shown before one follows it, and the way back after one did.
//
// A link to a term or a work carries its text (_ext/glossary.py); one to a place on the same
// page shows the place's first paragraph. By mouse and by key the preview comes beside the
// link and the link works as ever; Escape closes it. By touch the first tap shows the
// preview, with a link to go there.

(() => {
  const SHOWN_AFTER = 200; // milliseconds, so that a pointer can pass by
  const GONE_AFTER = 250; // and reach the preview
  const RETURN = "the way back";
  const LINKS = "main article a[href]:not(.headerlink, .dl-back a, .dl-letters a)";
  let box, shownFor, timer, isTouch;

  const samePage = (link) =>
    link.hash && link.href.split("#")[0] === location.href.split("#")[0];
  const placeOf = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));

  function contentOf(link) {
    if (link.dataset.preview) return [document.createTextNode(link.dataset.preview)];
    const place = samePage(link) && placeOf(link);
    if (!place) return null;
    const shown = place.matches("section")
      ? [...place.querySelectorAll(":scope > :is(h1, h2, h3, h4), :scope > p")].slice(0, 2)
      : [place.querySelector("figcaption, :scope > p, .katex-display") ?? place];
    return shown.map((part) => {
      const copy = part.cloneNode(true);
      for (const named of [copy, ...copy.querySelectorAll("[id]")]) named.removeAttribute("id");
      for (const sign of copy.querySelectorAll(".headerlink, button")) sign.remove();
      // A preview is one thing: no links to stop at, no headings of the page.
      for (const inner of copy.querySelectorAll("a, [tabindex]")) inner.replaceWith(...inner.childNodes);
      const line = document.createElement("div");
      line.append(...(copy.matches("h1, h2, h3, h4, p, figcaption") ? copy.childNodes : [copy]));
      return line;
    });
  }

  function hide() {
    clearTimeout(timer);
    shownFor?.removeAttribute("aria-describedby");
    shownFor = null;
    box?.remove();
    box = null;
  }

  function show(link, byTouch = false) {
    const content = contentOf(link);
    if (!content || shownFor === link) return;
    hide();
    box = document.createElement("div");
    box.className = "dl-preview";
    box.id = "dl-preview";
    box.popover = byTouch ? "auto" : "manual";
    box.append(...content);
    if (byTouch) {
      const there = Object.assign(document.createElement("a"), { href: link.href });
      there.textContent = "Go there";
      there.className = "dl-go";
      there.addEventListener("click", () => (remember(link), hide()));
      box.append(there);
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "Preview");
      box.addEventListener("toggle", ({ newState }) => newState === "closed" && hide());
    } else {
      box.setAttribute("role", "tooltip");
      // Of a formula only the half for screen readers, as text: not all read MathML here.
      const spoken = box.cloneNode(true);
      for (const silent of spoken.querySelectorAll(".katex-html, annotation")) silent.remove();
      box.setAttribute("aria-label", spoken.textContent.trim());
      link.setAttribute("aria-describedby", box.id);
      box.addEventListener("pointerenter", () => clearTimeout(timer));
      box.addEventListener("pointerleave", () => later(hide, GONE_AFTER));
    }
    link.after(box);
    shownFor = link;
    box.showPopover();
    place();
  }

  function place() {
    const at = shownFor.getClientRects()[0];
    const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8);
    const below = at.bottom + 6;
    const above = at.top - box.offsetHeight - 6;
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${below + box.offsetHeight > innerHeight && above > 0 ? above : below}px`;
  }

  function later(action, wait) {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  }

  const linkOf = ({ target }) => target.closest?.(LINKS);

  document.addEventListener("pointerover", (event) => {
    const link = linkOf(event);
    if (link && event.pointerType === "mouse") later(() => show(link), SHOWN_AFTER);
  });
  document.addEventListener("pointerout", (event) => {
    if (linkOf(event) && event.pointerType === "mouse") later(hide, GONE_AFTER);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link?.matches(":focus-visible")) show(link);
    else if (box && !box.contains(event.target)) hide();
  });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  // Of a link that has the focus the preview moves along: the Tab key itself may have scrolled.
  document.addEventListener("scroll", () => {
    if (!shownFor || box.matches("[role=group]")) return;
    if (shownFor === document.activeElement) place();
    else hide();
  });
  document.addEventListener("pointerdown", (event) => {
    isTouch = event.pointerType === "touch";
  });
  document.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (isTouch && shownFor !== link && contentOf(link)) {
      event.preventDefault();
      show(link, true);
      return;
    }
    remember(link);
    hide();
  });

  // --- the way back ---------------------------------------------------------------------

  let cameFrom = null; // the link, if it is on this page

  function remember(link) {
    if (!link.hash || link.host !== location.host) return;
    cameFrom = samePage(link) ? link : null;
    try {
      sessionStorage.setItem(RETURN, JSON.stringify({ to: link.href, from: location.href }));
    } catch {
      // No data is kept: the browser's own way back remains.
    }
  }

  function offerReturn() {
    for (const old of document.querySelectorAll(".dl-back")) old.remove();
    let way = null;
    try {
      way = JSON.parse(sessionStorage.getItem(RETURN));
    } catch {
      return;
    }
    const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place || way?.to !== location.href) return;
    const line = document.createElement("p");
    line.className = "dl-back d-print-none";
    const back = Object.assign(document.createElement("a"), { href: way.from });
    back.textContent = "Back to where you were";
    back.addEventListener("click", (event) => {
      event.preventDefault();
      const link = cameFrom;
      sessionStorage.removeItem(RETURN);
      if (link) window.addEventListener("popstate", () => setTimeout(() => link.focus()), { once: true });
      history.back();
    });
    line.append(back);
    const text = place.matches("section") && place.querySelector(":scope > p, :scope > :is(h1, h2, h3, h4)");
    if (text) text.after(line);
    else if (place.matches(".citation, li, dd")) place.append(line);
    else place.after(line);
  }

  document.addEventListener("DOMContentLoaded", offerReturn);
  window.addEventListener("hashchange", offerReturn);
})();
