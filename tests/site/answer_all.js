// Answers all questions of a page at once, right or wrong; returns what is said to each.
(right) => {
  const answers = {};
  for (const element of document.querySelectorAll(".dl-answer")) {
    const { key, value } = JSON.parse(element.dataset.answer);
    answers[key] = value;
  }
  for (const ask of document.querySelectorAll(".dl-ask")) {
    const { key, kind, ends, log, options, steps } = JSON.parse(ask.dataset.question);
    const [answer, form] = [answers[key], ask.querySelector("form")];
    const set = (input, value) => {
      input.value = value;
      input.dispatchEvent(new Event("input"));
    };
    if (kind === "number") set(form.querySelector("input"), right ? answer : -answer - 1e9);
    if (kind === "choice") {
      const guess = right ? answer : options.find((option) => option !== answer);
      form.querySelectorAll("input")[options.indexOf(guess)].checked = true;
    }
    if (kind === "order") {
      const guess = right ? answer : answer.toReversed();
      const items = [...form.querySelectorAll("li")];
      const item = (option) => items.find(({ dataset }) => dataset.option === option);
      form.querySelector("ol").append(...guess.map(item));
    }
    if (kind === "point" || kind === "sketch") {
      const [low, high] = log ? ends.map(Math.log) : ends;
      [...form.querySelectorAll("input")].forEach((input, i) => {
        const height = kind === "point" ? answer : answer[i];
        let share = ((log ? Math.log(height) : height) - low) / (high - low);
        if (!right) share = share > 0.5 ? 0 : 1;
        set(input, kind === "point" ? Math.round(share * steps) : low + share * (high - low));
      });
    }
    form.requestSubmit();
    const whether = form.querySelector("[aria-label='Did you have it?']");
    whether?.children[right ? 0 : 1].click();
  }
  return Object.fromEntries([...document.querySelectorAll(".dl-ask")].map((ask) =>
    [JSON.parse(ask.dataset.question).key, ask.querySelector(".dl-verdict").textContent]));
}
