// Starts reveal.js, and sees to it that no slide is larger than the screen: what is too long is set
// smaller, down to a size that can still be read in a hall, and what is longer still scrolls.
const SMALLEST = 0.62;

function fit(slide) {
  if (!slide || slide.querySelector("section")) return;
  let size = 1;
  slide.style.fontSize = "";
  while (slide.scrollHeight > slide.clientHeight + 1 && size > SMALLEST) {
    size -= 0.04;
    slide.style.fontSize = `${size}em`;
  }
  const scrolls = slide.scrollHeight > slide.clientHeight + 1;
  slide.classList.toggle("scrolls", scrolls);
  if (scrolls) slide.tabIndex = 0;
  else slide.removeAttribute("tabindex");
}

const deck = new Reveal({
  width: 1280,
  height: 720,
  margin: 0,
  center: false,
  controls: true,
  controlsTutorial: false,
  hash: true,
  progress: true,
  slideNumber: "c/t",
  transition: "none",
  pdfSeparateFragments: false,
  pdfMaxPagesPerSlide: 1,
});

window.deck = deck;
deck.on("slidechanged", (event) => fit(event.currentSlide));
deck.on("pdf-ready", () => document.querySelectorAll(".slides section").forEach(fit));
deck.initialize().then(async () => {
  await document.fonts.ready;
  fit(deck.getCurrentSlide());
  document.documentElement.dataset.ready = "";
});
