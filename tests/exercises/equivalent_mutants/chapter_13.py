"""Mutants of the right answers of chapter 13 that are right, too, each with the reason."""

_AN_ARRAY = "a list minus an array, or an array minus a list, is an array"

EQUIVALENT = {
    "13.4": {
        "d = np.asarray(one) - np.asarray(other) -> d = one - np.asarray(other)": _AN_ARRAY,
        "d = np.asarray(one) - np.asarray(other) -> d = np.asarray(one) - other": _AN_ARRAY,
    },
}
