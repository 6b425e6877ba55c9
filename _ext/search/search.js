// The search page. Loaded there only; the index comes in pieces, with the first search.

const MOST = 30; // results that are shown
const field = document.querySelector(".bd-search-container input[name=q]");
const list = document.getElementById("search-results");
const summary = document.getElementById("search-summary");
const root = new URL(document.documentElement.dataset.content_root, location.href);
let newest = 0;

// From a disk a browser fetches nothing, but runs scripts: Sphinx's index is one.
async function searchAsSphinx() {
  for (const name of ["_static/searchtools.js", "_static/language_data.js", "searchindex.js"]) {
    await new Promise((resolve, reject) => {
      const script = document.createElement("script");
      Object.assign(script, { src: new URL(name, root), onload: resolve, onerror: reject });
      document.head.append(script);
    });
  }
}

async function loadPagefind() {
  const pagefind = await import(new URL("pagefind/pagefind.js", root));
  await pagefind.options({ ranking: { metaWeights: { url: 0, page: 0, kind: 0 } } });
  await pagefind.init();
  return pagefind;
}

// Pagefind ranks "AdamW" and "Adam's" above "Adam", since they are rarer. A title with the
// very words comes first: of a section, then the one that says nothing else, such as a term's,
// then those of exercises and of the reference.
function orderOf({ title, kind }, words) {
  if (!words.every((word) => word.test(title))) return 3;
  if (kind === "chapter") return 0;
  return words.length === title.match(/[\p{L}\p{N}_]+/gu)?.length ? 1 : 2;
}

function wholeWords(query) {
  const escaped = query.match(/[\p{L}\p{N}_]+/gu) ?? [];
  return escaped.map(
    (word) => new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_]|[’'])`, "iu")
  );
}

function item({ meta, excerpt }) {
  const entry = document.createElement("li");
  const link = Object.assign(document.createElement("a"), {
    href: new URL(meta.url, root),
    textContent: meta.title,
  });
  entry.append(link);
  if (meta.page !== meta.title) {
    const page = Object.assign(document.createElement("span"), { textContent: meta.page });
    page.className = "dl-result-page";
    entry.append(page);
  }
  // Pagefind escapes the text, marks the words that were found, and may stop within a sentence.
  const whole = /[.?!:]$/.test(excerpt) ? excerpt : `${excerpt} …`;
  const text = Object.assign(document.createElement("p"), { innerHTML: whole });
  entry.append(text);
  return entry;
}

async function search(pagefind) {
  const query = field.value.trim();
  const mine = ++newest;
  const address = new URL(location.href);
  address.searchParams.set("q", query);
  history.replaceState(null, "", address);
  if (!query) {
    list.replaceChildren();
    summary.textContent = "";
    return;
  }
  const { results } = await pagefind.search(query);
  const found = await Promise.all(results.slice(0, MOST).map((result) => result.data()));
  if (mine !== newest) return; // the reader typed on
  const words = wholeWords(query);
  const order = found.map((result) => [orderOf(result.meta, words), result]);
  const entries = order.sort(([a], [b]) => a - b).map(([, result]) => item(result));
  const ordered = document.createElement("ol");
  ordered.append(...entries);
  list.replaceChildren(...(entries.length ? [ordered] : []));
  const count = results.length === 1 ? "1 place" : `${results.length || "No"} places`;
  const part = results.length > MOST ? `; the first ${MOST} are shown` : "";
  summary.textContent = `${count} found for “${query}”${part}.`;
}

// The arrows go from the field into the list and back; Enter follows a link by itself.
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [field, ...list.querySelectorAll("a")];
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (!step || !stops.includes(document.activeElement) || !next) return;
  event.preventDefault();
  next.focus();
}

async function start() {
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  if (location.protocol === "file:" || typeof WebAssembly === "undefined") {
    if (field.value) await searchAsSphinx();
    return;
  }
  let pagefind;
  const run = async () => {
    pagefind ??= loadPagefind();
    await search(await pagefind);
  };
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(run, 200);
  });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    run();
  });
  document.addEventListener("keydown", walk);
  if (field.value) await run();
}

field.focus();
start();
