"""Mutants of the right answers of chapter 8 that are right, too, each with the reason."""

EQUIVALENT = {
    "8.5": {
        "gaps = max(num_steps - 1, 1) -> gaps = max(1, num_steps - 1)": (
            "the larger of two is the same in either order"
        ),
    },
}
