"""Mutants of the right answers of chapter 14 that are right, too, each with the reason."""

_A_SUM = "a sum has no order"
_EITHER = "the two steps may change places: each worth is subtracted once"

EQUIVALENT = {
    "14.3": {
        "def _beyond_the_sum(full, no_a, no_b, neither): -> "
        "def _beyond_the_sum(full, no_b, no_a, neither):": _EITHER,
        "extra = np.add(no_a, no_b) - np.add(full, neither) -> "
        "extra = np.add(no_b, no_a) - np.add(full, neither)": _A_SUM,
        "extra = np.add(no_a, no_b) - np.add(full, neither) -> "
        "extra = np.add(no_a, no_b) - np.add(neither, full)": _A_SUM,
    },
}
