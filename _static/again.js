// What becomes of answered questions: those that were missed come back at the opening of a
// later chapter and on the page Review, and the page Your progress counts them. All of it
// stays in the browser; ask.js remembers.

document.addEventListener("DOMContentLoaded", () => {
  if (!window.dlQuestions) return;
  const { load, save, change, today, make, wake } = window.dlQuestions;
  const chapterOf = (key) => Number(key.split("-")[0]);
  const first = document.querySelector(".dl-ask[data-question]");
  const here = first ? chapterOf(JSON.parse(first.dataset.question).key) : NaN;

  // The questions of a chapter, fetched when one of them is needed.
  const fetched = {};
  const fetchQuestion = async (key) => {
    const number = chapterOf(key);
    fetched[number] ??= new Promise((resolve) => {
      const root = document.documentElement.dataset.content_root ?? "./";
      const script = make("script", { src: `${root}_static/questions/${number}.js` });
      script.addEventListener("load", () => resolve(window.dlQuestionBank[number]));
      script.addEventListener("error", () => resolve({})); // a chapter that is no more
      document.head.append(script);
    });
    return (await fetched[number])[key];
  };

  function card(item, level) {
    const fold = item.answer
      ? make("details", { class: "dl-fold" }, make("summary", {}, "Show the answer"),
          make("div", { class: "dl-answer", "data-answer": JSON.stringify(item.answer) },
            make("p", {}, make("strong", {}, "Answer:"), ` ${item.answer.words}`)))
      : make("details", { class: "dl-after" }, make("summary", {}, "Compare"));
    const after = make("div");
    after.innerHTML = item.after; // the book's own text, from its own script
    fold.append(after);
    const asked = make("div", { class: "dl-question" });
    asked.innerHTML = item.html;
    return make(level, { class: "dl-asked" }, asked,
      make("div", { class: "dl-ask", "data-question": JSON.stringify(item.question) }), fold,
      make("p", { class: "dl-from" }, "From ", make("a", { href: item.address }, item.title), "."));
  }

  // --- at the opening of a chapter ------------------------------------------------------------

  async function askAgainAtOpening() {
    const places = [...document.querySelectorAll('.dl-ask[data-question*=\'"role": "opening"\']')];
    if (!places.length) return;
    const { answers } = load();
    const missed = Object.entries(answers)
      .filter(([key, { right }]) => !right && chapterOf(key) < here)
      .sort((a, b) => a[1].due - b[1].due || a[0].localeCompare(b[0], "en", { numeric: true }));
    if (!missed.length) return;
    const items = [];
    for (const [key] of missed) {
      const item = items.length < places.length && (await fetchQuestion(key));
      if (item) items.push(item);
    }
    items.forEach((item, i) => {
      const cell = places[i].closest(".cell");
      const question = cell.previousElementSibling;
      const place = card(item, "div");
      place.prepend(make("p", { class: "dl-from" }, make("strong", {}, "Once more:"), " you missed this one."));
      const answer = cell.nextElementSibling;
      const after = answer.nextElementSibling;
      const replaced = [question, cell, answer, ...(after?.matches("details.dl-after") ? [after] : [])];
      cell.before(place);
      for (const element of replaced) element.hidden = true;
    });
    wake();
  }

  // --- exercises ----------------------------------------------------------------------------------

  for (const title of document.querySelectorAll("section > h3")) {
    const number = title.textContent.match(/Exercise (\d+\.\d+)/)?.[1];
    if (!number) continue;
    const box = make("input", { type: "checkbox", autocomplete: "off" });
    box.checked = Boolean(load().solved[number]);
    box.addEventListener("change", () =>
      change((memory) => {
        if (box.checked) memory.solved[number] = true;
        else delete memory.solved[number];
      })
    );
    title.after(make("label", { class: "dl-solved" }, box, make("span", {}, "I have solved it")));
  }

  // --- the page Review ----------------------------------------------------------------------------

  async function review(place) {
    const answered = Object.entries(load().answers).sort((a, b) => a[1].due - b[1].due);
    const due = answered.filter(([, record]) => record.due <= today()).map(([key]) => key);
    const say = (text) => place.replaceChildren(make("p", { role: "status", tabindex: -1 }, text));
    const next = async (focus) => {
      let item;
      while (due.length && !item) item = await fetchQuestion(due.shift());
      if (item) {
        const left = due.length ? `And ${due.length} more after this one.` : "The last one for today.";
        const shown = card(item, "div");
        shown.addEventListener("dl-answered", () => {
          if (shown.querySelector(".dl-next")) return;
          shown.append(make("button", { type: "button", class: "dl-next", onclick: () => next(true) }, "Go on"));
        });
        place.replaceChildren(make("p", { role: "status", tabindex: -1 }, left), shown);
        wake();
      } else {
        const later = Object.values(load().answers).map((record) => record.due);
        if (!later.length) say("You have answered no question yet. Those of the chapters come here once you have.");
        else say(`Nothing more for today. The next question returns on ${dateOf(Math.min(...later))}.`);
      }
      if (focus) place.querySelector("[tabindex]").focus();
    };
    next(false);
  }
  const dateOf = (day) => new Date(day * 86400000).toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "long", year: "numeric" });

  // --- the page Your progress -----------------------------------------------------------------------

  const isRecord = ({ guess, right, step, due }) =>
    typeof right === "boolean" && Number.isInteger(step) && Number.isInteger(due) &&
    (guess === null || ["number", "string"].includes(typeof guess) || typeof guess.had === "boolean" ||
      (Array.isArray(guess) && guess.every((part) => ["number", "string"].includes(typeof part))));

  // Returns what a file holds, and throws if it is none of ours.
  function readProgress(text) {
    const { answers, solved } = JSON.parse(text);
    const keys = [...Object.keys(answers), ...Object.keys(solved)];
    const known = keys.every((key) => /^\d+(-[a-z0-9]+)+$|^\d+\.\d+$/.test(key));
    if (!known || !Object.values(answers).every(isRecord)) throw new Error("another form");
    return { answers, solved: Object.fromEntries(Object.keys(solved).map((key) => [key, true])) };
  }

  function progress(place) {
    const status = make("p", { role: "status" });
    const cells = [...document.querySelectorAll("#dl-progress-table td")];
    const show = () => {
      const { answers, solved, declined } = load();
      for (const cell of cells) {
        const keys = cell.dataset.keys.split(" ").filter(Boolean);
        const done = keys.filter((key) => answers[key] || solved[key]);
        const right = done.filter((key) => answers[key]?.right);
        cell.textContent = `${done.length} of ${keys.length}`;
        if (done.some((key) => answers[key])) cell.textContent += `, ${right.length} right`;
      }
      keep.checked = !declined;
    };
    const done = (text) => {
      status.textContent = text;
      show();
    };
    const keep = make("input", { type: "checkbox", autocomplete: "off", onchange: () => {
      const { answers, solved } = load();
      save(keep.checked ? { answers, solved } : { answers: {}, solved: {}, declined: true });
      done(keep.checked ? "From now on this device remembers your answers." : "Erased, and from now on nothing is kept.");
    } });
    const exported = () => {
      const { answers, solved } = load();
      const file = new Blob([JSON.stringify({ answers, solved }, null, 1)], { type: "application/json" });
      const link = make("a", { href: URL.createObjectURL(file), download: "progress.json" });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      done("Your progress is in the file progress.json, in your downloads.");
    };
    const input = make("input", { type: "file", accept: "application/json,.json", hidden: true, "aria-label": "The file to import", onchange: async () => {
      try {
        save(readProgress(await input.files[0].text()));
        done("Imported: the file's progress has taken the place of what was here.");
      } catch {
        done("That file holds no progress of this book. Nothing has changed.");
      }
      input.value = "";
    } });
    const erase = make("button", { type: "button", onclick: () => {
      if (erase.textContent !== "Erase: sure?") return (erase.textContent = "Erase: sure?");
      erase.textContent = "Erase";
      save({ answers: {}, solved: {} });
      done("Erased: nothing is remembered any more.");
    } }, "Erase");
    const button = (text, onclick) => make("button", { type: "button", onclick }, text);
    place.replaceChildren(
      make("div", { class: "dl-actions" }, button("Export", exported), button("Import", () => input.click()), input, erase),
      make("label", { class: "dl-solved" }, keep, make("span", {}, "Remember my answers on this device")),
      status
    );
    show();
  }

  if (Number.isFinite(here)) askAgainAtOpening();
  const pages = { "dl-review": review, "dl-progress": progress };
  for (const [id, fill] of Object.entries(pages)) {
    const place = document.getElementById(id);
    if (place) fill(place);
  }
});
