for (const figure of document.querySelectorAll(".dl-interactive[data-frames]:not([data-ready])")) {
  figure.dataset.ready = "yes";
  const {sliders, captions, start} = JSON.parse(figure.dataset.frames);
  const inputs = [...figure.querySelectorAll("input")];
  const values = [...figure.querySelectorAll(".dl-value")];
  const [first] = inputs;
  const [back, play, forward] = figure.querySelectorAll("button");
  const caption = figure.querySelector(".dl-caption");
  const groupsOf = (frame) => figure.querySelectorAll(`[data-frame="${frame}"]`);
  let shown = start;
  let timer = null;

  const show = () => {
    let frame = 0;
    let size = 1;
    inputs.forEach((input, i) => {
      frame += size * input.value;
      size *= sliders[i].length;
      values[i].textContent = sliders[i][input.value];
      input.setAttribute("aria-valuetext", sliders[i][input.value]);
    });
    if (frame !== shown) {
      for (const group of groupsOf(shown)) group.setAttribute("display", "none");
      for (const group of groupsOf(frame)) group.removeAttribute("display");
      shown = frame;
    }
    // Not really disabled: that would take the focus from under the reader's finger.
    back.setAttribute("aria-disabled", first.value === first.min);
    forward.setAttribute("aria-disabled", first.value === first.max);
    caption.textContent = captions[frame];
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    caption.setAttribute("aria-live", "polite");
    show();
  };
  const step = (by) => {
    first.value = Number(first.value) + by;
    stop();
  };

  inputs.forEach((input) => input.addEventListener("input", stop));
  window.addEventListener("pageshow", show);  // a browser may bring back where a slider stood
  back.addEventListener("click", () => step(-1));
  forward.addEventListener("click", () => step(1));
  play.addEventListener("click", () => {
    if (timer !== null) return stop();
    if (first.value === first.max) first.value = 0;
    play.textContent = "Pause";
    caption.setAttribute("aria-live", "off");  // not a sentence every half second
    show();
    timer = setInterval(() => {
      first.value = Number(first.value) + 1;
      if (first.value === first.max) stop();
      else show();
    }, 600);
  });
}
