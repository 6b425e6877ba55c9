// Opens a page in Firefox, runs a function there for each line of input, and prints what it returns.
//     node firefox_run.mjs FIREFOX ADDRESS FUNCTION < JSON
import puppeteer from "puppeteer-core";

const [firefox, address, source] = process.argv.slice(2);
let input = "";
for await (const piece of process.stdin) input += piece;
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: firefox,
  extraPrefsFirefox: { "network.connectivity-service.enabled": false },
});
const page = await browser.newPage();
await page.goto(address, { waitUntil: "load" });
const results = [];
for (const given of JSON.parse(input)) results.push(await page.evaluate(`(${source})(${JSON.stringify(given)})`));
await browser.close();
process.stdout.write(JSON.stringify(results));
