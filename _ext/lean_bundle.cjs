// Makes one small style sheet and one small script of many.
// Reads {css, js, pages} as JSON and answers with {css, js}.
const esbuild = require("esbuild");
const { PurgeCSS } = require("purgecss");

// What scripts name in pieces, so that no word of it stands anywhere as a whole.
const KEPT = [/^kind-/, /^data-/, /^tooltip/, /^bs-tooltip/, /^modal/, /^dropdown/, /^show$/, /^fade$/];

async function main() {
  let input = "";
  for await (const piece of process.stdin) input += piece;
  const { css, js, pages } = JSON.parse(input);
  const [purged] = await new PurgeCSS().purge({
    css: [{ raw: css }],
    content: [...pages, js].map((raw) => ({ raw, extension: "html" })),
    safelist: { standard: KEPT, greedy: [/data-theme/, /data-mode/, /:is/, /:where/, /:has/] },
  });
  const options = { minify: true, legalComments: "inline", charset: "utf8" };
  const [style, script] = await Promise.all([
    esbuild.transform(purged.css, { ...options, loader: "css" }),
    esbuild.transform(js, { ...options, loader: "js" }),
  ]);
  process.stdout.write(JSON.stringify({ css: style.code, js: script.code }));
}

main();
