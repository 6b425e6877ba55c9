"""Mutants of the right answers of chapter 11 that are right, too, each with the reason."""

_EITHER_ORDER = "the larger, or smaller, of two is the same in either order"

EQUIVALENT = {
    "11.5": {
        "lowest, best, epoch = (math.inf, 0, 0) -> lowest, best, epoch = (math.inf, 1, 0)": (
            "the first epoch always counts as better, and is number 1"
        ),
    },
    "11.6": {
        "end = min(high, best * factor) -> end = min(best * factor, high)": _EITHER_ORDER,
        "start = max(low, best / factor) -> start = max(best / factor, low)": _EITHER_ORDER,
    },
}
