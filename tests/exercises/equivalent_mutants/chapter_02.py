"""Mutants of the references of chapter 2 that are right, each with the reason."""

EQUIVALENT = {
    "2.3": {
        "h = 1e-05 -> h = 2e-05": "another step, as good as this one: the text leaves it open",
        "h = 1e-05 -> h = 5e-06": "another step, as good as this one: the text leaves it open",
        "slopes = np.zeros(W.shape) -> slopes = np.ones(W.shape)": "each entry is filled later",
    },
}
