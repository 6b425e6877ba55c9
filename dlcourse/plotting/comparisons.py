"""Comparisons over several runs: how far one is ahead of another, run by run."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from dlcourse.plotting.style import COLORS


def paired_differences(
    panels: Mapping[str, Mapping[str, ArrayLike]], *, xlabel: str, width: float = 2.0
) -> Any:
    """Draw differences between runs that share a seed: each as a dot, the mean with its error.

    Parameters
    ----------
    panels : dict of str to dict of str to array_like of shape (n,)
        Title of each panel; in it, label and differences of each method, from top to bottom.
        All panels have the same labels, in the same order.
    xlabel : str
        What the differences are of, with the unit.
    width : float
        Half the length of a bar, in standard errors of the mean.

    Returns
    -------
    ndarray of Axes
        One for each panel. A line at 0 stands for no difference.

    Raises
    ------
    ValueError
        If the panels have different labels, or a method fewer than two differences.

    References
    ----------
    Equation :eq:`paired-difference` of chapter 13.

    Examples
    --------
    >>> axes = paired_differences({"short": {"cosine": [1.0, 3.0, 2.0]}}, xlabel="images")
    >>> [text.get_text() for text in axes[0].get_yticklabels()]
    ['cosine']
    >>> plt.close(axes[0].figure)
    """
    labels = list(next(iter(panels.values())))
    if any(list(panel) != labels for panel in panels.values()):
        raise ValueError("all panels need the same labels, in the same order")
    figure, grid = plt.subplots(
        1, len(panels), sharey=True, squeeze=False, figsize=(6.4, 1.2 + 0.36 * len(labels))
    )
    axes = grid[0]
    for ax, (title, panel) in zip(axes, panels.items(), strict=True):
        ax.axvline(0, color=COLORS["black"], linewidth=1.2)
        for number, (label, values) in enumerate(panel.items()):
            data = np.asarray(values, dtype=float)
            if data.ndim != 1 or len(data) < 2:
                raise ValueError(f"{label!r} needs two differences or more, got {data.shape}")
            y = len(labels) - 1 - number
            error = width * data.std(ddof=1) / np.sqrt(len(data))
            ax.plot(data, np.full(len(data), y + 0.2), "o", ms=3.5, mew=0, alpha=0.6,
                    color=COLORS["blue"])  # fmt: skip
            ax.plot([data.mean() - error, data.mean() + error], [y - 0.12] * 2,
                    color=COLORS["black"], linewidth=2)  # fmt: skip
            ax.plot([data.mean()], [y - 0.12], "D", ms=6, color=COLORS["vermillion"])
        ax.set_title(title, loc="left")
        ax.grid(axis="y", visible=False)
        ax.set_ylim(-0.6, len(labels) - 0.4)
    axes[0].set_yticks(range(len(labels) - 1, -1, -1), labels)
    figure.supxlabel(xlabel, fontsize=13)
    return axes
