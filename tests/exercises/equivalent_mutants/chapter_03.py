"""Mutants of the references of chapter 3 that are right, each with the reason."""

_SAME_LENGTH = "the two lists are always of one length"

EQUIVALENT = {
    "3.3": {
        "for f, slope in zip(functions, slopes, strict=True): -> "
        "for f, slope in zip(functions, slopes):": _SAME_LENGTH,
        "for f, slope in zip(functions, slopes, strict=True): -> "
        "for f, slope in zip(functions, slopes, strict=False):": _SAME_LENGTH,
        "for f, slope in zip(functions, slopes, strict=True):; local.append(slope(x)); x = f(x); "
        "left = [1.0] -> left = [1.0]; for f, slope in zip(functions, slopes, strict=True):; "
        "local.append(slope(x)); x = f(x)": "the loop does not look at the new list",
    },
}
