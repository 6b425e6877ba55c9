"""Mutants of the references of chapter 5 that are right, each with the reason."""

EQUIVALENT = {
    "5.4": {
        "hessian = 2 / len(A) * A.T @ A -> hessian = A @ (2 / len(A) * A.T)": (
            "the products of a table with its transpose, either way, share their largest eigenvalue"
        ),
    },
    "5.5": {
        "return np.abs(1 - rate * np.linalg.eigvalsh(H)).max() -> "
        "return np.abs(rate * np.linalg.eigvalsh(H) - 1).max()": "sizes do not see the sign",
    },
}
