"""The graph lab: a formula, taken apart into its graph, forward and backward."""

import html
from urllib.parse import quote

from dlcourse.labs._laboratory import Laboratory, filled


def graph_lab(
    formula: str = "loss = abs(4 - (x*w + b))",
    *,
    own_address: bool = False,
    **numbers: float,
) -> Laboratory:
    """Take a formula apart into its graph: in the page, without a kernel.

    Parameters
    ----------
    formula : str
        Such as ``"loss = abs(4 - (x*w + b))"``: the operations ``+ - * / ^``, brackets, names
        of numbers, and the functions ``abs cos exp log relu sigmoid sin sqrt square tanh``.
    own_address : bool
        Whether the address of the page holds the formula, so that a link to it can be
        shared. For one lab on a page.
    **numbers : float
        The value of each name in the formula; 1 for those that are left out.

    Returns
    -------
    Laboratory

    References
    ----------
    Chapter 4 builds this graph, and the sweep back, by hand.

    Examples
    --------
    >>> graph_lab("loss = abs(4 - (x*w + b))", x=2, w=3, b=1)
    <Graph lab: loss = abs(4 - (x*w + b)), x = 2, w = 3, b = 1>
    """
    parts = {"formula": formula, **numbers}
    settings = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parts.items())
    said = ", ".join([formula, *(f"{name} = {value}" for name, value in numbers.items())])
    markup = filled(
        "graph.html",
        config=html.escape(settings),
        own=" data-own-address" if own_address else "",
        # The script makes these fields anew; here they keep its place.
        numbers=" ".join(
            f'<label>{html.escape(name)} = <input type="number" step="any" value="{value}" '
            'autocomplete="off"></label>'
            for name, value in numbers.items()
        ),
    )
    arguments = {"formula": formula, "own_address": own_address, **numbers}
    return Laboratory("graph_lab", arguments, said, markup)
