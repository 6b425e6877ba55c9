"""For X goes back through the second product only. Visible tests: fail."""

def tied_slopes(G, X, W):
    dA = G @ W
    return dA, X.T @ dA + G.T @ X @ W
