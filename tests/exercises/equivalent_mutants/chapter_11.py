"""Mutants of the right answers of chapter 11 that are right, too, each with the reason."""

EQUIVALENT = {
    "11.5": {
        "lowest, best, epoch = (math.inf, 0, 0) -> lowest, best, epoch = (math.inf, 1, 0)": (
            "the first epoch always counts as better, and is number 1"
        ),
    },
}
