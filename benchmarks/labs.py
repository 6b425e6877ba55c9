"""How smoothly the optimizer lab plays, on a processor slowed down four times.

    python benchmarks/labs.py

All seven optimizers walk 2,000 steps on one surface, in Chromium, on a page of desktop size and
on one of phone size. The page has finished loading when a mouse presses Play, or a finger on the
phone; from there on every frame of three seconds counts. The first play is that of a page on which
nothing was drawn since it was loaded; the second follows it from step 0 again. What a machine is
doing besides is in these numbers: run it on a quiet one.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))
from playwright.sync_api import sync_playwright
from site_checks import PHONE, TRIAL, find_chromium

from dlcourse import labs

ALL = "&".join(f"{name}=0.05" for name in labs._optimizer.MARKERS)
SETTINGS = f"surface=ravine&steps=2000&at=0&{ALL}"
# Frames are counted from the click on; `measured` is there when it is over.
LISTEN = """async () => {
  await new Promise(requestIdleCallback);
  await document.fonts.ready;
  await new Promise(requestIdleCallback);
  const play = document.querySelector(".dl-play");
  window.measured = new Promise((resolve) => play.addEventListener("click", () => {
    const times = [];
    let last = null;
    const frame = (now) => {
      if (last !== null) times.push(now - last);
      last = now;
      if (times.length < 180) requestAnimationFrame(frame);
      else resolve(times);
    };
    requestAnimationFrame(frame);
  }, {once: true}));
}"""
RESULT = """async () => {
  const times = await window.measured;
  document.querySelector(".dl-play").click(); // stands still again, for the next play
  const step = document.querySelector("input.dl-lab-step");
  step.value = 0;
  step.dispatchEvent(new Event("input"));
  times.sort((a, b) => a - b);
  const mean = times.reduce((a, b) => a + b) / times.length;
  return [1000 / mean, times[Math.floor(times.length * 0.95)], times.at(-1)];
}"""


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "lab.html"
        path.write_text(TRIAL.format(labs.optimizer_lab(SETTINGS)._repr_html_()), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--enable-gpu-rasterization"]
        )
        print("slowed  page     play    frames a second  95 % of frames within  longest")
        for name, size in {"desktop": {"width": 1280, "height": 900}, "phone": PHONE}.items():
            for slower in (1, 4):
                touch = name == "phone"
                page = browser.new_page(viewport=size, has_touch=touch)
                page.goto(path.as_uri())
                session = page.context.new_cdp_session(page)
                session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
                for play in ("first", "second"):
                    page.evaluate(LISTEN)
                    play_button = page.get_by_role("button", name="Play")
                    play_button.tap() if touch else play_button.click()
                    rate, most, longest = page.evaluate(RESULT)
                    print(
                        f"{slower}×      {name:8} {play:7} {rate:15.1f} {most:19.1f} ms "
                        f"{longest:6.0f} ms"
                    )
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
