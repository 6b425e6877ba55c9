// Questions that a reader answers before the book does: the form, the memory, the verdict.
// The same script serves a page and a notebook; `dlQuestions` is what other scripts may use.
(() => {
  if (window.dlQuestions) return window.dlQuestions.wake();

  // --- what is remembered: on this device only, and only if the browser keeps anything -------

  const NAME = "dlcourse";
  const DAYS = [1, 3, 7, 14, 30, 60, 120]; // until a question returns, the longer the better
  let unkept = null; // what the browser does not keep is remembered until the page is left

  const empty = () => ({ answers: {}, solved: {} });
  const load = () => {
    if (unkept) return unkept;
    try {
      return { ...empty(), ...JSON.parse(localStorage.getItem(NAME)) };
    } catch {
      return empty();
    }
  };
  const save = (memory) => {
    unkept = memory.declined ? memory : null;
    try {
      const { declined } = memory;
      localStorage.setItem(NAME, JSON.stringify(declined ? { declined } : memory));
    } catch {
      unkept = memory;
    }
  };
  const change = (work) => {
    const memory = load();
    work(memory);
    save(memory);
  };
  const today = () => Math.floor(Date.now() / 86400000);

  // A right answer comes back later each time, a missed one tomorrow.
  function remember({ key }, guess, right) {
    change(({ answers }) => {
      const step = right ? Math.min((answers[key]?.step ?? -1) + 1, DAYS.length - 1) : -1;
      const due = today() + (right ? DAYS[Math.max(step, 0)] : 1);
      answers[key] = { guess, right, step, due };
    });
  }

  // --- judging ----------------------------------------------------------------------------

  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  // A number as people write it: 12,903  -0.5  1e-4  10^-4  2·10⁻⁴  1/3  25 %
  function parsed(text) {
    let t = text.trim().toLowerCase().replace(/[−–]/g, "-").replace(/[\s_']/g, "");
    t = t.replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (s) => "^" + [...s].map((c) => (c === "⁻" ? "-" : SUPERSCRIPTS.indexOf(c))).join(""));
    if (/^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(t)) t = t.replaceAll(",", "");
    t = t.replace(",", ".");
    const plain = "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?";
    const power = t.match(new RegExp(`^(?:(${plain})[·*x×])?([-+]?)10\\^\\(?([-+]?\\d+)\\)?$`));
    if (power) return (power[1] ? Number(power[1]) : 1) * (power[2] === "-" ? -1 : 1) * 10 ** Number(power[3]);
    const fraction = t.match(new RegExp(`^(${plain})/(${plain})$`));
    if (fraction) return Number(fraction[1]) / Number(fraction[2]);
    const share = t.match(new RegExp(`^(${plain})%$`));
    if (share) return Number(share[1]) / 100;
    return new RegExp(`^${plain}$`).test(t) ? Number(t) : NaN;
  }

  function written(x) {
    if (Number.isInteger(x) && Math.abs(x) < 1e9) return String(x).replace(/\B(?=(\d{3})+$)/g, ",");
    if (x !== 0 && (Math.abs(x) < 1e-4 || Math.abs(x) >= 1e9)) return x.toExponential(2).replace("e+", "e");
    return String(Number(x.toPrecision(4)));
  }

  const isNear = ({ within, factor }, value, guess) =>
    factor
      ? guess * value > 0 && Math.max(guess / value, value / guess) <= factor * (1 + 1e-9)
      : Math.abs(guess - value) <= within + 1e-9 * Math.abs(value);

  function howFar(value, guess) {
    if (guess === value) return "";
    if (guess * value < 0) return "; the sign is the other one";
    const side = Math.abs(guess) > Math.abs(value) ? "large" : "small";
    const ratio = Math.max(guess / value, value / guess);
    if (Number.isFinite(ratio) && ratio >= 1.5) return `; your guess is too ${side} by a factor of ${written(Number(ratio.toPrecision(2)))}`;
    return `; your guess is too ${guess > value ? "high" : "low"} by ${written(Number(Math.abs(guess - value).toPrecision(2)))}`;
  }

  function judgeNumber(question, { value, words }, guess) {
    const right = isNear(question, value, guess);
    const said = `${written(guess)} ${question.unit ?? ""}`.trim();
    const inRange = ([low, high]) => (low === null || guess >= low) && (high === null || guess < high);
    const author = (question.misses ?? []).find(inRange)?.[2];
    if (!right) return { right, said: `You said ${said}.`, author, is: `It is ${words}${howFar(value, guess)}.` };
    return { right, said: `You said ${said}${guess === value ? "" : `; it is ${words}`}.` };
  }

  const ended = (text) => (/[.?!…]$/.test(text) ? text : `${text}.`);

  // What was said, what its author says to that, and only then what is right: an author's "that"
  // is what was said.
  const JUDGES = {
    number: judgeNumber,
    point: judgeNumber,
    choice({ reasons }, { value }, guess) {
      const [right, said] = [guess === value, `You said: ${ended(guess)}`];
      return right ? { right, said } : { right, said, author: reasons[guess], is: `The answer is: ${ended(value)}` };
    },
    order({ miss }, { value }, guess) {
      const right = guess.every((option, i) => option === value[i]);
      const said = `Your order: ${guess.join(", ")}.`;
      return right ? { right, said } : { right, said, author: miss, is: `The answer is: ${value.join(", ")}.` };
    },
    sketch: ({ within, ends, misses, x }, { value }, guess) => {
      const distance = (curve) => Math.max(...curve.map((height, i) => Math.abs(height - guess[i])));
      const far = distance(value);
      const right = far <= within * (ends[1] - ends[0]) * (1 + 1e-9);
      const worst = value.findIndex((height, i) => Math.abs(height - guess[i]) === far);
      const [nearest] = misses.map(([sentence, curve]) => [distance(curve), sentence]).sort((a, b) => a[0] - b[0]);
      return {
        right,
        said: `Your curve is off by ${written(Number(far.toPrecision(2)))} at most.`,
        author: !right && nearest && nearest[0] < far ? nearest[1] : "",
        is: `At ${written(x[worst])} you said ${written(guess[worst])}, and it is ${written(value[worst])}.`,
      };
    },
    think: (question, answer, guess) => ({
      right: guess.had,
      said: guess.had ? "You had it." : "You did not have it yet: it will be asked again.",
    }),
  };

  // --- building -----------------------------------------------------------------------------

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  let count = 0;
  const NOTHING_YET = Symbol("nothing yet");

  // Each returns the elements of a form, and `read`, what the reader says in it; `put` shows again
  // what was said before.
  const FORMS = {
    number({ unit }) {
      const input = make("input", { type: "text", inputmode: "text", autocomplete: "off", size: 12 });
      return {
        parts: [make("label", {}, make("span", {}, "Your guess"), input, ...(unit ? [make("span", {}, unit)] : []))],
        read: () => (Number.isFinite(parsed(input.value)) ? parsed(input.value) : NOTHING_YET),
        put: (guess) => (input.value = written(guess)),
        help: "Write a number first, such as 12, 0.5 or 1e-4.",
      };
    },

    choice({ options }) {
      const name = `dl-choice-${++count}`;
      const radios = options.map((option) => make("input", { type: "radio", name, value: option, autocomplete: "off" }));
      const labels = radios.map((radio, i) => make("label", {}, radio, make("span", {}, options[i])));
      return {
        parts: [make("div", { role: "radiogroup", "aria-label": "Your guess", class: "dl-options" }, ...labels)],
        read: () => radios.find((radio) => radio.checked)?.value ?? NOTHING_YET,
        put: (guess) => radios.forEach((radio) => (radio.checked = radio.value === guess)),
        help: "Choose one first.",
      };
    },

    order({ options, ends }) {
      const list = make("ol", { class: "dl-order" });
      const items = options.map((option) => {
        const move = (by) => (event) => {
          const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
          if (!other) return;
          if (by < 0) other.before(item);
          else other.after(item);
          event.currentTarget.focus();
          const place = [...list.children].indexOf(item) + 1;
          place_of.textContent = `${option} is now number ${place} of ${options.length}.`;
        };
        const button = (by, sign, word) =>
          make("button", { type: "button", "aria-label": `Move ${word}: ${option}`, onclick: move(by) }, sign);
        const item = make("li", { "data-option": option }, button(-1, "↑", "up"), button(1, "↓", "down"), make("span", {}, option));
        return item;
      });
      const place_of = make("p", { class: "dl-unseen", role: "status" });
      list.append(...items);
      const order = () => [...list.children].map((item) => item.dataset.option);
      return {
        parts: [make("p", { class: "dl-end" }, `${ends[0]}:`), list, make("p", { class: "dl-end" }, `… to ${ends[1]}`), place_of],
        read: order,
        put: (guess) => list.append(...guess.map((option) => items.find((item) => item.dataset.option === option))),
      };
    },

    point({ ends: [low, high], steps, log, unit }) {
      const value = (k) => (log ? low * (high / low) ** (k / steps) : low + ((high - low) * k) / steps);
      const shown = (k) => `${written(Number(value(Number(k)).toPrecision(3)))} ${unit ?? ""}`.trim();
      const text = make("span", { class: "dl-value" });
      const show = () => {
        text.textContent = shown(input.value);
        input.setAttribute("aria-valuetext", text.textContent);
      };
      const input = make("input", { type: "range", min: 0, max: steps, step: 1, value: Math.round(steps / 2), autocomplete: "off", oninput: show });
      show();
      return {
        parts: [make("label", { class: "dl-axis" }, make("span", {}, "Your guess"), input), text,
          make("p", { class: "dl-end" }, `from ${shown(0)} to ${shown(steps)}`)],
        read: () => Number(value(Number(input.value)).toPrecision(3)),
        put: (guess) => {
          input.value = Math.round(steps * (log ? Math.log(guess / low) / Math.log(high / low) : (guess - low) / (high - low)));
          show();
        },
      };
    },

    sketch({ x, ends: [low, high], start, labels }) {
      const across = (place) => 8 + (84 * (place - x[0])) / (x[x.length - 1] - x[0]);
      const down = (height) => 100 - (100 * (height - low)) / (high - low);
      const points = (heights) => heights.map((height, i) => `${across(x[i])},${down(height)}`).join(" ");
      const NS = "http://www.w3.org/2000/svg";
      const line = (name) => {
        const element = document.createElementNS(NS, "polyline");
        element.setAttribute("class", name);
        element.setAttribute("vector-effect", "non-scaling-stroke");
        return element;
      };
      const picture = document.createElementNS(NS, "svg");
      picture.setAttribute("viewBox", "0 0 100 100");
      picture.setAttribute("preserveAspectRatio", "none");
      picture.setAttribute("aria-hidden", "true");
      const [guessed, computed] = [line("dl-guessed"), line("dl-computed")];
      picture.append(computed, guessed);
      const text = make("p", { class: "dl-end" });
      const show = (event) => {
        guessed.setAttribute("points", points(inputs.map((input) => Number(input.value))));
        for (const input of inputs) input.setAttribute("aria-valuetext", written(Number(Number(input.value).toPrecision(3))));
        const k = event ? inputs.indexOf(event.target) : -1;
        text.textContent = k < 0
          ? `Move each point up or down: ${labels[1]}, from ${written(low)} to ${written(high)}.`
          : `${labels[1]} at ${labels[0]} = ${written(x[k])}: ${inputs[k].getAttribute("aria-valuetext")}`;
      };
      const inputs = x.map((place, i) =>
        make("input", {
          type: "range", min: low, max: high, step: (high - low) / 100, value: start, autocomplete: "off", oninput: show,
          "aria-label": `${labels[1]} at ${labels[0]} = ${written(place)}`, "aria-orientation": "vertical",
          style: `left: ${across(place)}%`,
        })
      );
      const ticks = x.map((place) => make("span", { style: `left: ${across(place)}%` }, written(place)));
      show();
      return {
        parts: [make("div", { class: "dl-sketch" }, picture, ...inputs), make("div", { class: "dl-ticks", "aria-hidden": "true" }, ...ticks),
          make("p", { class: "dl-end dl-across" }, labels[0]), text],
        read: () => inputs.map((input) => Number(Number(input.value).toPrecision(6))),
        put: (guess) => {
          guess.forEach((height, i) => (inputs[i].value = height));
          show();
        },
        compare: (heights) => computed.setAttribute("points", points(heights)),
      };
    },

    think() {
      return { parts: [], read: () => ({ had: null }), put: () => {}, verb: "Compare" };
    },
  };

  // --- one question ---------------------------------------------------------------------------

  const answerOf = (key, root = document) => {
    // A notebook that is not trusted shows answers without their data.
    for (const element of root.querySelectorAll(".dl-answer[data-answer]")) {
      const answer = JSON.parse(element.dataset.answer);
      if (answer.key === key) return { element, ...answer };
    }
    return null;
  };

  // The text of a question ends right before its form, or before the cell with its form.
  const questionBefore = (ask) => {
    const before = (ask.closest(".cell, .jp-Cell") ?? ask).previousElementSibling;
    return before?.matches(".dl-question") ? before : [...(before?.querySelectorAll(".dl-question") ?? [])].pop();
  };

  // What is covered until the reader commits: the cell that computes, and the explanation.
  function covered(ask, answer) {
    const cell = (answer?.element ?? ask).closest(".cell, .jp-Cell") ?? ask;
    const next = cell.nextElementSibling;
    const after = next?.matches("details.dl-after")
      ? next
      : next?.matches(".jp-Cell") && // in a notebook, in the cell below this one or that which computes
        (next.querySelector("details.dl-after") ?? next.nextElementSibling?.querySelector("details.dl-after"));
    return [answer?.element.closest("details"), after].filter(Boolean);
  }

  function uncover(ask, answer) {
    // JupyterLab folds the output of the next cell, and opens it at a click.
    ask.closest(".jp-Cell")?.nextElementSibling?.querySelector(".jp-OutputPlaceholder .jp-PlaceholderText")?.click();
    for (const fold of covered(ask, answer)) {
      fold.open = true;
      fold.classList.add("dl-told");
    }
  }

  function tell(where, { right, said, author, is }) {
    const mark = right ? "✓ Right." : "✗ Not quite.";
    const text = [said, author, is].filter(Boolean).join(" ");
    where.replaceChildren(make("strong", {}, mark), ` ${text}`);
    where.dataset.right = right;
  }

  function wakeOne(ask) {
    ask.dataset.ready = "";
    const question = JSON.parse(ask.dataset.question);
    const { key, kind } = question;
    const form = FORMS[kind](question);
    const verdict = make("p", { class: "dl-verdict", role: "status", tabindex: -1 });
    const root = ask.closest(".dl-asked") ?? document;
    let state = "open";

    const close = (next) => {
      state = next;
      for (const control of element.querySelectorAll("input, button")) control.disabled = true;
      actions.hidden = true;
      ask.dataset.state = next;
    };
    const compare = (guess, quietly) => {
      close("committed");
      if (kind === "think") {
        uncover(ask, null);
        if (guess.had === null) return askWhether();
        return tell(verdict, JUDGES.think(question, null, guess));
      }
      const answer = answerOf(key, root);
      if (answer) {
        const judged = JUDGES[kind](question, answer, guess);
        form.compare?.(answer.value);
        tell(verdict, judged);
        if (!quietly) remember(question, guess, judged.right);
        uncover(ask, answer);
      } else {
        verdict.textContent = "Your answer is noted. Now run the next cell.";
        waiting.set(key, () => compare(guess, quietly));
        return uncover(ask, null);
      }
      if (quietly) return;
      verdict.focus({ preventScroll: true });
      ask.dispatchEvent(new CustomEvent("dl-answered", { bubbles: true }));
    };
    const askWhether = () => {
      const say = (had) => () => {
        remember(question, { had }, had);
        whether.remove();
        tell(verdict, JUDGES.think(question, null, { had }));
        verdict.focus({ preventScroll: true });
        ask.dispatchEvent(new CustomEvent("dl-answered", { bubbles: true }));
      };
      const whether = make("div", { class: "dl-actions", role: "group", "aria-label": "Did you have it?" },
        make("button", { type: "button", onclick: say(true) }, "I had it"),
        make("button", { type: "button", onclick: say(false) }, "Not yet"));
      element.append(whether);
      whether.firstChild.focus({ preventScroll: true });
    };
    const skip = (quietly) => {
      if (state !== "open") return;
      close("skipped");
      verdict.textContent = "You asked to see the answer.";
      const answer = answerOf(key, root);
      form.compare?.(answer?.value ?? []);
      uncover(ask, answer);
      if (quietly) return;
      remember(question, null, false);
      if (document.activeElement === document.body) verdict.focus({ preventScroll: true });
      ask.dispatchEvent(new CustomEvent("dl-answered", { bubbles: true }));
    };

    const show = make("button", { type: "button", onclick: () => skip(false) }, "Show the answer");
    const actions = make("div", { class: "dl-actions" }, make("button", { type: "submit", class: "dl-commit" }, form.verb ?? "Commit"), ...(kind === "think" ? [] : [show]));
    const onsubmit = (event) => {
      event.preventDefault();
      const guess = form.read();
      if (guess === NOTHING_YET) {
        verdict.textContent = form.help;
        element.querySelector("input").focus();
      } else {
        compare(guess, false);
      }
    };
    const asked = questionBefore(ask);
    if (asked) asked.id ||= `asked-${key}`;
    const name = asked ? { "aria-labelledby": asked.id } : { "aria-label": "Your answer" };
    // A group and not a named form: a page has many, and each would be a landmark.
    const group = make("div", { role: "group", ...name }, ...form.parts, actions, verdict);
    const element = make("form", { class: "dl-form", onsubmit }, group);
    // The list that stood there stays for paper.
    ask.querySelector("ul")?.classList.add("dl-printed");
    ask.append(element);

    // A fold that is opened by hand shows the answer as well.
    const answer = answerOf(key, root);
    const summaries = [...covered(ask, answer)].map((fold) => fold.querySelector("summary"));
    for (const summary of summaries) summary?.addEventListener("click", () => kind !== "think" && skip(false));

    const before = ask.closest(".dl-asked") ? null : load().answers[key];
    if (!before) return;
    if (before.guess === null) return skip(true);
    form.put(before.guess);
    compare(before.guess, true);
  }

  // In a notebook "Run All" computes what the reader has not been asked yet: the output of such a
  // cell is covered.
  function coverOutputs() {
    const { answers } = load();
    for (const element of document.querySelectorAll(".jp-Cell .dl-answer[data-answer]")) {
      const { key } = JSON.parse(element.dataset.answer);
      element.closest(".jp-Cell-outputWrapper")?.classList.toggle("dl-covered", !answers[key]);
    }
  }

  // Answers that are not there yet: in a notebook the cell that computes has still to be run.
  const waiting = new Map();

  function wake() {
    for (const ask of document.querySelectorAll(".dl-ask[data-question]:not([data-ready])")) wakeOne(ask);
    for (const [key, compare] of waiting) {
      if (!answerOf(key)) continue;
      waiting.delete(key);
      compare();
    }
    coverOutputs();
  }

  window.dlQuestions = { wake, load, save, change, remember, today, make, parsed };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", wake);
  else wake();
  if (document.querySelector(".jp-Cell, .cell-output, .notebook-container")) {
    new MutationObserver(wake).observe(document.body, { childList: true, subtree: true });
  }
})();
