"""Mutants of the right answers of chapter 12 that are right, too, each with the reason."""

_SQUARED = "what is squared may have either sign"
_ALSO = "a line that ends one update earlier or later lets SGD settle as well"

EQUIVALENT = {
    "12.3": {
        "residuals = np.sum((prediction - target) ** 2) -> "
        "residuals = np.sum((target - prediction) ** 2)": _SQUARED,
        "deviations = np.sum((target - np.mean(target)) ** 2) -> "
        "deviations = np.sum((np.mean(target) - target) ** 2)": _SQUARED,
    },
    "12.4": {
        "return 0.03 * (1 - iteration / 1640) -> return 0.03 * (1 - iteration / 1641)": _ALSO,
        "return 0.03 * (1 - iteration / 1640) -> return 0.03 * (1 - iteration / 1639)": _ALSO,
    },
    "12.5": {
        "residuals = y - table @ (inverse @ y) -> residuals = table @ (inverse @ y) - y": _SQUARED,
        "return np.sqrt(np.mean((residuals / (1 - leverage)) ** 2)) -> "
        "return np.sqrt(np.mean((residuals / (leverage - 1)) ** 2))": _SQUARED,
    },
}
