"""How long a step of an interactive figure takes, on a processor that is four times slower.

For each page with sliders: the time of a step, with the style and the layout that it asks for,
in milliseconds; the median and the slowest of all steps of all its sliders. A frame on a screen
lasts 16 ms. Run it when the machine has nothing else to do:

    python tools/slider_steps.py
"""

import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))

from site_checks import SITE, launch, serve

SLOWER = 4

STEPS = """
() => {
  const times = [];
  for (const figure of document.querySelectorAll(".dl-interactive")) {
    figure.scrollIntoView();
    document.body.offsetHeight;
    for (const input of figure.querySelectorAll("input[type=range]")) {
      for (let value = Number(input.min); value <= Number(input.max); value++) {
        input.value = value;
        const begun = performance.now();
        input.dispatchEvent(new Event("input", { bubbles: true }));
        figure.getBoundingClientRect();
        times.push(performance.now() - begun);
      }
    }
  }
  return times;
}
"""


def main() -> None:
    pages = [p for p in sorted(SITE.rglob("*.html")) if "data-frames" in p.read_text("utf-8")]
    print("| Page | Steps | Median, ms | Slowest, ms |\n|---|--:|--:|--:|")
    with sync_playwright() as playwright, serve(SITE) as address:
        browser = launch(playwright)
        for path in pages:
            page = browser.new_page(viewport={"width": 390, "height": 844})
            session = page.context.new_cdp_session(page)
            page.goto(f"{address}/{path.relative_to(SITE).as_posix()}")
            page.wait_for_selector("html[data-settled]")
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            times = page.evaluate(STEPS)
            page.close()
            middle, slowest = statistics.median(times), max(times)
            print(f"| {path.name} | {len(times)} | {middle:.1f} | {slowest:.1f} |")
        browser.close()


if __name__ == "__main__":
    main()
