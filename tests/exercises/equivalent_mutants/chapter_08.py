"""Mutants of the right answers of chapter 8 that are right, too, each with the reason."""

_STAYS = "a nan or inf never leaves the average, and what comes of it is below nothing"
_FACTOR = "all averages get the same positive factor, so that the lowest stays the lowest"
_UPDATE = "average = keep * average + (1 - keep) * loss"
_STOP = "if not np.isfinite(loss):; break"

EQUIVALENT = {
    "8.5": {
        f"{_STOP} -> pass": _STAYS,
        "break -> pass": _STAYS,
        "if not np.isfinite(loss): -> if not np:": _STAYS,
        f"{_STOP}; {_UPDATE} -> {_UPDATE}; {_STOP}": (
            "the average at a nan or inf is compared with nothing: the loop ends there"
        ),
        f"{_UPDATE} -> average = keep * average + loss": _FACTOR,
        f"{_UPDATE} -> average = keep * average + 1 * loss": _FACTOR,
        f"{_UPDATE} -> average = keep * average + (1 + keep) * loss": _FACTOR,
        f"{_UPDATE} -> average = keep * average + (2 - keep) * loss": _FACTOR,
    },
}
