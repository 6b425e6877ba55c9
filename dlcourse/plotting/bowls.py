"""Bowls of several shapes, and how many steps each takes."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from dlcourse.plotting.landscapes import contours
from dlcourse.plotting.style import COLORS


def walks_in_bowls(
    kappas: Sequence[float],
    *,
    share: float = 0.01,
    limits: tuple[float, float] = (1.25, 1.25),
) -> Any:
    """Draw gradient descent in bowls of several condition numbers, each at its best rate.

    The bowls are ``(x**2 + kappa * y**2) / 2``. Each walk starts where both directions are as
    far from the minimum, and takes as many steps as make the error `share` of what it was.

    Parameters
    ----------
    kappas : sequence of float
        Condition numbers, one panel for each, from top to bottom.
    share : float
        What is to be left of the error.
    limits : tuple of float
        How far the panels reach from the minimum, along x and along y.

    Returns
    -------
    ndarray of Axes
        The title of each says how many steps were made.

    Raises
    ------
    ValueError
        If a condition number is below 1.

    Examples
    --------
    >>> axes = walks_in_bowls([1, 10])
    >>> [ax.get_title(loc="left") for ax in axes]
    ['κ = 1: 1 step', 'κ = 10: 23 steps']
    >>> plt.close(axes[0].figure)
    """
    if min(kappas) < 1:
        raise ValueError(f"a condition number is at least 1, got {min(kappas)}")
    _, grid = plt.subplots(1, len(kappas), sharey=True, squeeze=False, figsize=(6.4, 3.2))
    for ax, kappa in zip(grid[0], kappas, strict=True):
        factors = 1 - 2 / (kappa + 1) * np.array([1.0, kappa])
        path = [np.ones(2)]
        while np.linalg.norm(path[-1]) > share * np.sqrt(2):
            path.append(path[-1] * factors)
        walk = np.array(path)
        contours(
            partial(_bowl, kappa),
            (-limits[0], limits[0]), (-limits[1], limits[1]),
            levels=(np.linspace(0.2, 1.1, 5) ** 2 * (1 + kappa) / 2).tolist(),
            num_points=61, ax=ax,
        )  # fmt: skip
        ax.plot(*walk.T, "o-", ms=3, lw=0.9, color=COLORS["vermillion"])
        ax.plot(0, 0, "*", ms=14, color=COLORS["black"], mec="white", zorder=5)
        steps = len(walk) - 1
        ax.set_title(f"κ = {kappa:g}: {steps} step{'s' * (steps != 1)}", loc="left")
        ax.set(xlabel="shallow", ylabel="", aspect="equal")
    grid[0, 0].set_ylabel("steep")
    return grid[0]


def _bowl(kappa: float, x: Any, y: Any) -> Any:
    return (x**2 + kappa * y**2) / 2
