"""Mutants of the solutions of problem sets that are right, each with the reason.

Named as the test that tries them prints them: the changed lines before and after.
"""

EQUIVALENT = {
    "derivatives": {
        "whole = abs(quotient(f, x, h) - slope) -> whole = abs(slope - quotient(f, x, h))": (
            "sizes do not see the sign"
        ),
        "half = abs(quotient(f, x, h / 2) - slope) -> half = abs(slope - quotient(f, x, h / 2))": (
            "sizes do not see the sign"
        ),
    },
}
