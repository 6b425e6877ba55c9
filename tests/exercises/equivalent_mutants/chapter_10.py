"""Mutants of the right answers of chapter 10 that are right, too, each with the reason."""

_SAME_LENGTH = "there is one matrix and one table of scores for each layer"
_EITHER_ORDER = "the larger of two is the same in either order"

EQUIVALENT = {
    "10.3": {
        "for W, Z in zip(reversed(weights), reversed(scores), strict=True): -> "
        "for W, Z in zip(reversed(weights), reversed(scores)):": _SAME_LENGTH,
        "for W, Z in zip(reversed(weights), reversed(scores), strict=True): -> "
        "for W, Z in zip(reversed(weights), reversed(scores), strict=False):": _SAME_LENGTH,
    },
    "10.4": {
        "outputs = np.maximum(x @ W + b, 0) -> outputs = np.maximum(0, x @ W + b)": _EITHER_ORDER,
        "return [int(j) for j in np.flatnonzero(np.all(outputs == 0, axis=0))] -> "
        "return [j for j in np.flatnonzero(np.all(outputs == 0, axis=0))]": (
            "NumPy's whole numbers are whole numbers"
        ),
    },
    "10.5": {
        "outputs = np.maximum(x @ W, 0) -> outputs = np.maximum(0, x @ W)": _EITHER_ORDER,
        "scaled.append(W / size); x = outputs / size -> "
        "x = outputs / size; scaled.append(W / size)": "neither line looks at what the other makes",
    },
}
