// Runs in the browser, in an empty page of the book's site: puts the pages one after the
// other into this document, so that links between them become links within the PDF and
// the numbers of its pages run on.

async ({ pages, cover }) => {
  const here = location.href;
  const root = new URL("../", here);
  const slug = (path) => path.replace(/\.html$/, "").replace(/[^\w]+/g, "-");
  const names = new Map(pages.map(({ path }) => [new URL(path, root).href, slug(path)]));

  // A link to a page of the book leads to its place in this document; a link to a page
  // that is not printed (source code, the index) is only text on paper.
  const target = (href, base) => {
    const url = new URL(href, base);
    const anchor = decodeURIComponent(url.hash.slice(1));
    url.hash = "";
    url.search = "";
    const name = names.get(url.href);
    if (name) return anchor ? `#${name}--${anchor}` : `#${name}`;
    return url.origin === location.origin ? null : new URL(href, base).href;
  };

  // A laboratory draws itself where its script runs: on its own page, which is opened aside.
  const drawLaboratories = async (article, base) => {
    const laboratories = [...article.querySelectorAll(".dl-lab")];
    if (!laboratories.length) return null;
    const frame = make("iframe", document.body, { src: base });
    frame.style.cssText = "position: fixed; inset: 0; width: 100%; height: 100%";
    await new Promise((done) => frame.addEventListener("load", done));
    const drawn = [...frame.contentDocument.querySelectorAll("article .dl-lab")];
    for (const [k, laboratory] of laboratories.entries()) {
      const says = drawn[k].querySelector(".dl-lab-caption");
      const latest = Date.now() + 60_000;
      while (!says.textContent) {
        if (Date.now() > latest) throw new Error(`${base}: laboratory ${k + 1} drew nothing within a minute`);
        await new Promise((done) => setTimeout(done, 20));
      }
      const copy = document.importNode(drawn[k], true);
      const canvases = [...drawn[k].querySelectorAll("canvas")];
      for (const [j, canvas] of copy.querySelectorAll("canvas").entries()) {
        const picture = document.createElement("img");
        picture.src = canvases[j].toDataURL();
        picture.alt = canvas.getAttribute("aria-label");
        canvas.replaceWith(picture);
      }
      laboratory.replaceWith(copy);
    }
    const style = document.importNode(frame.contentDocument.getElementById("dl-lab-style"), true);
    frame.remove();
    return style;
  };

  const printed = async (path) => {
    const base = new URL(path, root).href;
    const answer = await fetch(base);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const article = page.querySelector("article.bd-article");
    const own = await drawLaboratories(article, base);
    if (own && !document.getElementById(own.id)) {
      document.head.insertBefore(own, document.getElementById("print-style"));
    }
    const name = slug(path);
    const unwanted =
      "script, noscript, button, .headerlink, .viewcode-link, .prev-next-area, .dl-screen-only, " +
      "details.hide > summary";
    for (const element of article.querySelectorAll(unwanted)) element.remove();
    for (const cell of article.querySelectorAll("details.hide")) cell.replaceWith(...cell.childNodes);
    for (const details of article.querySelectorAll("details")) details.open = true;
    for (const element of article.querySelectorAll("[id]")) {
      // Drawings refer to their own parts by name, and have names of their own.
      if (!element.closest("svg")) element.id = `${name}--${element.id}`;
    }
    for (const image of article.querySelectorAll("img")) {
      image.src = new URL(image.getAttribute("src"), base).href;
      image.removeAttribute("loading");
    }
    for (const link of article.querySelectorAll("a[href]")) {
      const to = target(link.getAttribute("href"), base);
      if (to) link.setAttribute("href", to);
      else link.replaceWith(...link.childNodes);
    }
    const section = document.createElement("section");
    section.className = "print-page";
    section.id = name;
    section.append(article);
    return { section, styles: [...page.querySelectorAll("link[rel=stylesheet]")], base };
  };

  const make = (tag, parent, properties = {}) =>
    parent.appendChild(Object.assign(document.createElement(tag), properties));

  const body = make("main", document.body, { className: "bd-main bd-content" });
  const front = make("section", body, { className: "print-cover" });
  make("p", front, { className: "print-title", textContent: cover.title });
  for (const line of cover.lines) make("p", front, { textContent: line });
  const contents = make("nav", body, { className: "print-contents" });
  make("h1", contents, { textContent: "Contents" });

  const entry = (level, heading, id) => {
    const line = make("p", contents, { className: `print-entry-${level}` });
    const link = make("a", line, { href: `#${id}` });
    make("span", link).append(...heading.cloneNode(true).childNodes);
    make("span", link, { className: "print-number", textContent: "000" }).dataset.target = id;
  };

  const styles = new Set();
  for (const { path, part } of pages) {
    const { section, styles: sheets, base } = await printed(path);
    if (part) make("p", contents, { className: "print-part", textContent: part });
    body.append(section);
    entry(1, section.querySelector("h1"), section.id);
    for (const heading of section.querySelectorAll("h2")) {
      const id = heading.closest("section[id]").id;
      entry(2, heading, id);
    }
    for (const sheet of sheets) styles.add(new URL(sheet.getAttribute("href"), base).href);
  }
  const loaded = [...styles].map((href) => new Promise((done, failed) => {
    const link = make("link", document.head, { rel: "stylesheet", href });
    link.onload = done;
    link.onerror = () => failed(new Error(`no style sheet ${href}`));
  }));
  // Before the print styles, which have the last word.
  for (const link of document.head.querySelectorAll("link")) {
    document.head.insertBefore(link, document.getElementById("print-style"));
  }
  await Promise.all(loaded);
  await Promise.all([...document.images].map((image) => image.decode()));
  await document.fonts.ready;
}
