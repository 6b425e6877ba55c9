"""Mutants of the references of chapter 1 that are right, each with the reason."""

EQUIVALENT = {
    "1.3": {
        "ahead, behind = (x + h, x - h) -> ahead, behind = (x - h, x + h)": (
            "both differences change their sign, and the quotient does not"
        ),
    },
}
