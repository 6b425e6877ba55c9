// Uses a chapter and the next one in Firefox; prints what was said and found, as JSON.
//     node firefox_answers.mjs FIREFOX ADDRESS CHAPTER NEXT
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const [firefox, address, chapter, next] = process.argv.slice(2);
// (Without the comment, since it is called inside of brackets.)
const answerAll = readFileSync(new URL("answer_all.js", import.meta.url), "utf-8").replace(/^\/\/.*/, "");
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: firefox,
  extraPrefsFirefox: { "network.connectivity-service.enabled": false },
});
const page = await browser.newPage();
await page.setViewport({ width: 390, height: 844 });
const errors = [];
page.on("pageerror", ({ message }) => errors.push(message));

const settled = () => page.waitForFunction(() => "settled" in document.documentElement.dataset);
const open = async (name) => {
  await page.goto(`${address}/chapters/${name}.html`, { waitUntil: "load" });
  await settled();
};
const questions = () =>
  page.evaluate(() => {
    const told = [...document.querySelectorAll(".dl-answer")].map((e) => JSON.parse(e.dataset.answer));
    const answers = Object.fromEntries(told.map(({ key, value }) => [key, value]));
    const shown = [...document.querySelectorAll(".dl-ask")].filter((ask) => ask.checkVisibility());
    return shown.map(({ dataset }) => {
      const question = JSON.parse(dataset.question);
      return { ...question, answer: answers[question.key] };
    });
  });
const part = (key, selector) => page.$$(`.dl-ask[data-question*='"${key}"'] ${selector}`);
const verdicts = () =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll(".dl-ask")].map((ask) => [
        JSON.parse(ask.dataset.question).key,
        ask.querySelector(".dl-verdict").textContent,
      ])
    )
  );

// Where on its way between the ends a slider stands for a height, from 0 to 1.
const share = ({ ends, log, kind }, height) => {
  const scale = kind === "point" && log ? Math.log : (x) => x;
  return (scale(height) - scale(ends[0])) / (scale(ends[1]) - scale(ends[0]));
};
// What to say: the answer, or something else of the same kind.
const guess = ({ kind, answer, options }, right) => {
  if (right) return answer;
  if (kind === "number") return -answer - 1e9;
  if (kind === "choice") return options.find((option) => option !== answer);
  if (kind === "order") return answer.toReversed();
};
const sliders = (question, right) => {
  const heights = question.kind === "point" ? [question.answer] : question.answer;
  return heights.map((height) => {
    const place = share(question, height);
    return right ? place : place > 0.5 ? 0 : 1;
  });
};
const stepsOf = (slider) =>
  slider.evaluate((input) => {
    const step = input.step === "any" ? (input.max - input.min) / 100 : Number(input.step || 1);
    return Math.round((input.max - input.min) / step);
  });

// --- by keys alone: whatever gets the focus, no pointer -----------------------------------------

const press = async (element, key, times = 1) => {
  await element.focus();
  for (let i = 0; i < times; i++) await page.keyboard.press(key);
};
const sayByKeys = async (question, right) => {
  const { key, kind, options } = question;
  if (kind === "number") {
    const [field] = await part(key, "input");
    await field.focus();
    await page.keyboard.type(String(guess(question, right)));
  } else if (kind === "choice") {
    const radios = await part(key, "input[type=radio]");
    await press(radios[options.indexOf(guess(question, right))], " ");
  } else if (kind === "order") {
    for (const [place, option] of guess(question, right).entries()) {
      for (;;) {
        const items = await part(key, "li");
        const now = await Promise.all(items.map((li) => li.evaluate((e) => e.dataset.option)));
        if (now.indexOf(option) <= place) break;
        await press(await items[now.indexOf(option)].$("button"), "Enter");
      }
    }
  } else if (kind !== "think") {
    for (const [i, place] of sliders(question, right).entries()) {
      const slider = (await part(key, "input[type=range]"))[i];
      await press(slider, "Home");
      await press(slider, "ArrowUp", Math.round(place * (await stepsOf(slider))));
    }
  }
  await press((await part(key, "button[type=submit]"))[0], "Enter");
  if (kind === "think") {
    await press((await part(key, "[aria-label='Did you have it?'] button"))[right ? 0 : 1], "Enter");
  }
};

// --- by the mouse alone, but for the number itself ----------------------------------------------

const click = async (element) => {
  await element.evaluate((e) => e.scrollIntoView({ block: "center", behavior: "instant" }));
  await element.click();
};
// As a person does: look where the thumb has come to, and click again beside it.
const clickAt = async (slider, place) => {
  const { x, y, width, height } = await slider.boundingBox();
  for (let aim = place, i = 0; i < 5; i++) {
    const [dx, dy] = width > height ? [aim * width, height / 2] : [width / 2, (1 - aim) * height];
    await page.mouse.click(x + Math.min(Math.max(dx, 1), width - 1), y + Math.min(Math.max(dy, 1), height - 1));
    const now = await slider.evaluate(({ value, min, max }) => (value - min) / (max - min));
    if (Math.abs(now - place) < 0.005) return;
    aim += place - now;
  }
};
const sayByMouse = async (question, right) => {
  const { key, kind, options } = question;
  if (kind === "number") {
    await click((await part(key, "input"))[0]);
    await page.keyboard.type(String(guess(question, right)));
  } else if (kind === "choice") {
    const labels = await part(key, "label:has(input[type=radio])");
    await click(labels[options.indexOf(guess(question, right))]);
  } else if (kind === "order") {
    for (const [place, option] of guess(question, right).entries()) {
      for (;;) {
        const items = await part(key, "li");
        const now = await Promise.all(items.map((li) => li.evaluate((e) => e.dataset.option)));
        if (now.indexOf(option) <= place) break;
        await click(await items[now.indexOf(option)].$("button"));
      }
    }
  } else if (kind !== "think") {
    for (const [i, place] of sliders(question, right).entries()) {
      const slider = (await part(key, "input[type=range]"))[i];
      await slider.evaluate((e) => e.scrollIntoView({ block: "center", behavior: "instant" }));
      await clickAt(slider, place);
    }
  }
  await click((await part(key, "button[type=submit]"))[0]);
  if (kind === "think") {
    await click((await part(key, "[aria-label='Did you have it?'] button"))[right ? 0 : 1]);
  }
};

const found = {};
const forget = async () => {
  await page.evaluate(() => localStorage.clear());
  await open(chapter);
};

await open(chapter);
for (const question of await questions()) await sayByKeys(question, true);
found.keysRight = await verdicts();
await forget();
for (const question of await questions()) await sayByMouse(question, true);
found.mouseRight = await verdicts();

await forget();
found.allWrong = await page.evaluate(`(${answerAll})(false)`);
await page.reload({ waitUntil: "load" });
await settled();
found.afterReload = await verdicts();
await open(next);
found.openingKeys = (await questions()).slice(0, 2).map(({ key }) => key);

await forget();
for (const { key, kind } of await questions()) {
  if (kind !== "think") await press((await part(key, "button:not([type=submit])")).at(-1), "Enter");
}
found.skipped = await verdicts();
found.covered = await page.evaluate(
  () => document.querySelectorAll("details:not([open]):has(.dl-answer)").length
);
found.errors = errors;
await browser.close();
process.stdout.write(JSON.stringify(found));
