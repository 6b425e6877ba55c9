"""Laboratories: pieces of a page that compute by themselves, with no kernel behind them.

`optimizer_lab` lets optimizers race on a surface, `graph_lab` takes a formula apart into its
graph. Both are written once, in ``page/``, and work the same on a page of the book, in
JupyterLab and in Colab. Their arithmetic is that of this package, written again in JavaScript
(``page/engine.js``); the tests of the book run both and compare digit for digit.
"""

from dlcourse.labs._graph import graph_lab
from dlcourse.labs._laboratory import Laboratory
from dlcourse.labs._optimizer import optimizer_lab

__all__ = ["Laboratory", "graph_lab", "optimizer_lab"]
