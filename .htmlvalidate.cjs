// How the built pages are held to the HTML standard; tests/test_book_pages.py runs it.
// What is not asked of them stands here with the reason. What could be mended is mended
// when the book is built: see _ext/right_html.py.
module.exports = {
  root: true,
  extends: ["html-validate:recommended"],
  // An interactive figure is one piece of HTML, its style sheet inside, so that it also
  // works in notebooks. Every browser takes it.
  elements: ["html5", { style: { flow: true } }],
  rules: {
    // KaTeX places each sign of a formula with a style of its own; so does the index.
    "no-inline-style": "off",
    // The names of functions, dots and all, are the addresses of their descriptions, here
    // as in every Sphinx manual. The standard allows every character but space.
    "valid-id": ["error", { relaxed: true }],
    // The captions of the contents are role="heading" in the theme, with their level: real
    // headings would stand before the page's own title. Citations are docutils' list.
    "prefer-native-element": ["error", { exclude: ["heading", "list"] }],
    // Sphinx's search finds the text of a page by this role.
    "no-redundant-role": "off",
    // Of how a file is written, not of what it says; compressed, it weighs nothing.
    "no-trailing-whitespace": "off",
  },
};
