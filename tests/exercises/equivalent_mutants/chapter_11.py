"""Mutants of the right answers of chapter 11 that are right, too, each with the reason."""

_ENDS = "start, end = (max(low, best / c), min(high, best * c)) -> start, end = "

EQUIVALENT = {
    "11.5": {
        "if trial == trials // 2: -> if trial == trials / 2:": (
            "the number of trials is even, and 4 == 4.0"
        ),
        f"{_ENDS}(max(best / c, low), min(high, best * c))": "max has no order",
        f"{_ENDS}(max(low, best / c), min(best * c, high))": "min has no order",
    },
}
