// Opens pages in Firefox and prints what is wrong with them, as JSON: {page: [problem]}.
//     node firefox_walk.mjs FIREFOX ADDRESS PAGE...
import puppeteer from "puppeteer-core";

const [firefox, address, ...names] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: firefox,
  // Its own calls home are no fault of the book's.
  extraPrefsFirefox: { "network.connectivity-service.enabled": false },
});

// Each slider to its end and back: what is shown must change, and come back.
const deadFigures = async () => {
  const dead = [];
  for (const figure of document.querySelectorAll(".dl-interactive")) {
    const slider = figure.querySelector("input[type=range]");
    const shown = () =>
      [...figure.querySelectorAll("[data-frame]")]
        .filter((frame) => getComputedStyle(frame).display !== "none")
        .map((frame) => frame.dataset.frame)
        .join(" ");
    const at = (value) => {
      slider.value = value;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      return shown();
    };
    const first = at(slider.min);
    if (!first || at(slider.max) === first || at(slider.min) !== first) {
      dead.push(`the slider moves nothing: ${figure.getAttribute("aria-label")}`);
    }
  }
  return dead;
};

// Firefox says so when it lays out a formula while the rest of it is on its way (what counts is
// that none lacks a part in the end), and when the next page cuts short a font (NS_BINDING_ABORTED).
const NO_FAULT = /^Invalid markup: Incorrect number of children|^downloadable font: .*status=2152398850/;
const incompleteFormulas = () =>
  [...document.querySelectorAll("mfrac, mroot, msub, msup, munder, mover, msubsup, munderover")]
    .filter((part) => part.children.length !== (/.sub.*sup|.under.*over/.test(part.localName) ? 3 : 2))
    .map((part) => `a formula lacks a part: ${part.outerHTML.slice(0, 100)}`);

const found = {};
let problems;
const page = await browser.newPage();
await page.setViewport({ width: 390, height: 844 });
page.on("console", (message) => {
  if (message.type() === "error") problems.push(`error in the console: ${message.text()}`);
});
page.on("pageerror", ({ message }) => {
  if (!NO_FAULT.test(message)) problems.push(`script error: ${message}`);
});
page.on("request", (request) => {
  if (!request.url().startsWith(address) && !request.url().startsWith("data:")) {
    problems.push(`request to a foreign host: ${request.url()}`);
  }
});
page.on("response", (response) => {
  if (response.status() >= 400) problems.push(`answer ${response.status()}: ${response.url()}`);
});
for (const name of names) {
  problems = found[name] = [];
  await page.goto(`${address}/${name}`, { waitUntil: "load" });
  await page.waitForFunction(
    () => "settled" in document.documentElement.dataset && document.fonts.status === "loaded"
  );
  problems.push(...(await page.evaluate(deadFigures)));
  problems.push(...(await page.evaluate(incompleteFormulas)));
  const [width, height, formulas] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.querySelector("main h1, h1").getBoundingClientRect().height,
    [...document.querySelectorAll(".katex-html")].filter((f) => !f.getClientRects().length).length,
  ]);
  if (width > 390) problems.push(`the page is ${width} px wide in a window of 390 px`);
  if (!height) problems.push("the title does not show");
  if (formulas && !(await page.$(".katex"))) problems.push(`${formulas} formulas do not show`);
}
await browser.close();
process.stdout.write(JSON.stringify(found));
