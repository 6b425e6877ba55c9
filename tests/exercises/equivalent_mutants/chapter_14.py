"""Mutants of the right answers of chapter 14 that are right, too, each with the reason."""

_ONE_ARRAY = "a list minus an array is an array"

EQUIVALENT = {
    "14.5": {
        "differences = np.asarray(full) - np.asarray(without) -> "
        "differences = full - np.asarray(without)": _ONE_ARRAY,
        "differences = np.asarray(full) - np.asarray(without) -> "
        "differences = np.asarray(full) - without": _ONE_ARRAY,
    },
}
