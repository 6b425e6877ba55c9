"""The laboratories come to the numbers of `dlcourse`, in Chromium and in Firefox."""

import base64
import itertools

import numpy as np
import pytest
import site_checks
from firefox_walk import FIREFOX, run_in_firefox
from site_checks import TRIAL, find_chromium, serve

from dlcourse import labs, optimizers, schedules
from dlcourse.autodiff import value_and_grad
from dlcourse.labs._laboratory import SCRIPTS, part

pytestmark = pytest.mark.skipif(not find_chromium(), reason=site_checks.NO_CHROMIUM)

STEPS = 500
RATES = {
    "SGD": 0.02,
    "Momentum": 0.005,
    "Nesterov": 0.005,
    "AdaGrad": 0.3,
    # At a rate with which it does not reach the ground: there it leaps to and fro, and where
    # to is decided by the last digit of a cosine, which two libraries round differently.
    "RMSprop": 0.0002,
    "Adam": 0.05,
    "AdamW": 0.05,
}
STEEP = {"surface=beale": 0.1}  # its slopes are so steep that its rates are a tenth
STARTS = [(1.0, 0.5), (-0.7, 1.1), (2.0, -0.4)]
C, S = np.cos(np.pi / 6), np.sin(np.pi / 6)


def turned_bowl(x, y):
    # Written out as the formula is, so that both come to the same last digit.
    along = (C * x + S * y) * (C * x + S * y)
    across = (C * y - S * x) * (C * y - S * x)
    return (along + across / 30) / 2


# What the address says, and the same as a function for NumPy.
SURFACES = {
    "surface=bowl&condition=30&turn=30": turned_bowl,
    "surface=ravine": lambda x, y: x * x / 20 + y * y,
    "surface=valley": lambda x, y: np.square(y - x * x) + np.square(1 - x),
    "surface=beale": lambda x, y: (
        np.square(1.5 - x + x * y)
        + np.square(2.25 - x + x * y * y)
        + np.square(2.625 - x + x * y * y * y)
    ),
    "surface=saddle": lambda x, y: (x * x - y * y) / 2,
    "surface=wells&tilt=0.3": lambda x: x * x * x * x / 4 - x * x / 2 + 0.3 * x + 0.6,
    "surface=noisy&condition=30&turn=30&noise=0.5&seed=7": turned_bowl,
    "surface=formula&f=exp(x*y/4) %2B sqrt(1 %2B x^2) %2B y*y/2 %2B tanh(x)*sin(y)": lambda x, y: (
        np.exp(x * y / 4) + np.sqrt(1 + x**2) + y * y / 2 + np.tanh(x) * np.sin(y)
    ),
}
SCHEDULES = {
    "schedule=Constant": schedules.Constant,
    "schedule=TimeDecay&decay=0.01": lambda r: schedules.TimeDecay(r, 0.01),
    "schedule=StepDecay&factor=0.5&every=100": lambda r: schedules.StepDecay(r, 0.5, 100),
    "schedule=ExponentialDecay&gamma=0.995": lambda r: schedules.ExponentialDecay(r, 0.995),
    "schedule=CosineDecay&num_steps=400&final=0.1": lambda r: schedules.CosineDecay(
        r, 400, 0.1 * r
    ),
    "schedule=Triangular&base=0.1&step_size=60": lambda r: schedules.Triangular(0.1 * r, r, 60),
    "schedule=Triangular2&base=0.1&step_size=60": lambda r: schedules.Triangular2(0.1 * r, r, 60),
    "schedule=ExpRange&base=0.1&step_size=60&gamma=0.999": lambda r: schedules.ExpRange(
        0.1 * r, r, 60, 0.999
    ),
    "schedule=WarmRestarts&min=0.1&cycle_length=50&cycle_multiplier=2": (
        lambda r: schedules.WarmRestarts(r, 0.1 * r, 50, 2)
    ),
    "schedule=OneCycle&num_steps=450": lambda r: schedules.OneCycle(r, 450),
    "schedule=CosineDecay&num_steps=300&warmup=50": lambda r: schedules.Warmup(
        schedules.CosineDecay(r, 300), 50
    ),
    "schedule=CosineDecay&num_steps=300&start_at=100": lambda r: schedules.StartAt(
        schedules.CosineDecay(r, 300), 100
    ),
    "schedule=Constant&after=100&then=ExponentialDecay&then_gamma=0.99": lambda r: schedules.Join(
        (schedules.Constant(r), 100), (schedules.ExponentialDecay(r, 0.99), STEPS)
    ),
}
# A race of all seven, as the page runs it: places as bytes.
WALKS = """(address) => {
  const {config, problems} = dlLabs.readConfig(address);
  if (problems.length) return {problems};
  return {walks: dlLabs.race(config).map(({optimizer, places, diverged}) => {
    const bytes = new Uint8Array(new Float64Array(places.flat()).buffer);
    return [optimizer, diverged, btoa(String.fromCharCode(...bytes))];
  })};
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A page with the scripts of the laboratories, on a server."""
    folder = tmp_path_factory.mktemp("labs")
    scripts = "".join(map(part, SCRIPTS))
    page = TRIAL.format(f"{labs.optimizer_lab().to_html()}<script>{scripts}</script>")
    (folder / "lab.html").write_text(page, encoding="utf-8")
    with serve(folder) as address:
        yield f"{address}/lab.html"


@pytest.fixture(scope="module", params=["Chromium", "Firefox"])
def in_the_page(request, site):
    """Call a JavaScript function in a browser with each of a list of arguments."""
    if request.param == "Firefox":
        if not FIREFOX:
            pytest.skip("Firefox is not installed")
        yield lambda function, given: run_in_firefox(site, function, given)
        return
    page = request.getfixturevalue("browser").new_page()
    page.goto(site)
    yield lambda function, given: [page.evaluate(function, one) for one in given]
    page.close()


def walks_of(result):
    assert "problems" not in result, result
    for optimizer, diverged, text in result["walks"]:
        places = np.frombuffer(base64.b64decode(text), np.float64).reshape(-1, 2)
        yield optimizer, diverged, places


@pytest.fixture(scope="module")
def by_the_package():
    """Walk with `dlcourse`: all walks on a surface side by side, for no formula mixes entries."""
    found = {}
    for surface, f in SURFACES.items():
        names = ("x",) if surface.startswith("surface=wells") else ("x", "y")
        slopes_at = value_and_grad(
            lambda *place, f=f: np.sum(f(*place)), argnums=tuple(range(len(names)))
        )
        walkers = {
            (schedule, name): getattr(optimizers, name)(make(rate * STEEP.get(surface, 1)))
            for (schedule, make), (name, rate) in itertools.product(
                SCHEDULES.items(), RATES.items()
            )
        }
        starts = np.array(STARTS).T
        places = [dict(zip(("x", "y"), starts.copy(), strict=True)) for _ in walkers]
        walks = np.empty((STEPS + 1, 2, len(walkers), len(STARTS)))
        rng = np.random.default_rng(7)
        for step in range(STEPS + 1):
            walks[step] = [[place[name] for place in places] for name in ("x", "y")]
            _, slopes = slopes_at(*walks[step, : len(names)])
            if "noise" in surface:
                noise = 0.5 * np.sqrt(12) * (rng.random(2) - 0.5)
                slopes = [slope + extra for slope, extra in zip(slopes, noise, strict=True)]
            for k, (optimizer, place) in enumerate(zip(walkers.values(), places, strict=True)):
                moving = {name: place[name] for name in names}
                slope = [slope[k] for slope in slopes]
                optimizer.update(moving, dict(zip(names, slope, strict=True)))
        for k, walker in enumerate(walkers):
            found[surface, *walker] = walks[:, :, k]  # step, coordinate, start
    return found


def test_every_optimizer_on_every_surface_with_every_schedule(in_the_page, by_the_package):
    runs = {
        surface: "&".join(f"{name}={rate * STEEP.get(surface, 1)}" for name, rate in RATES.items())
        for surface in SURFACES
    }
    cases = list(itertools.product(SURFACES, SCHEDULES, range(len(STARTS))))
    addresses = [
        f"{surface}&{schedule}&steps={STEPS}&start={STARTS[k][0]},{STARTS[k][1]}&{runs[surface]}"
        for surface, schedule, k in cases
    ]
    worst = {}
    for (surface, schedule, k), result in zip(cases, in_the_page(WALKS, addresses), strict=True):
        for optimizer, diverged, places in walks_of(result):
            expected = by_the_package[surface, schedule, optimizer][:, :, k]
            assert not diverged, (surface, schedule, optimizer)
            assert places.shape == expected.shape
            size = np.maximum(np.linalg.norm(expected, axis=1), 1e-9)
            error = np.max(np.linalg.norm(places - expected, axis=1) / size)
            worst[surface, schedule, optimizer, k] = error
    bad = {case: error for case, error in worst.items() if not error <= 1e-10}
    assert not bad, (len(bad), sorted(bad.items(), key=lambda item: -item[1])[:10])
    assert len(worst) == len(SURFACES) * len(SCHEDULES) * len(RATES) * len(STARTS)


def test_without_a_cosine_or_a_power_every_digit_is_the_same(in_the_page):
    def f(x, y):
        return x * x / 20 + y * y

    address = "surface=ravine&start=-7,2&steps=500&SGD=0.95&Momentum=0.1&AdaGrad=1.5&RMSprop=0.3"
    for name, _, places in walks_of(in_the_page(WALKS, [address])[0]):
        rate = {"SGD": 0.95, "Momentum": 0.1, "AdaGrad": 1.5, "RMSprop": 0.3}[name]
        optimizer = getattr(optimizers, name)(rate)
        place = {"x": np.array([-7.0]), "y": np.array([2.0])}
        for expected in places:
            assert (place["x"][0], place["y"][0]) == tuple(expected)
            _, slopes = value_and_grad(f, argnums=(0, 1))(place["x"], place["y"])
            optimizer.update(place, dict(zip(place, slopes, strict=True)))
