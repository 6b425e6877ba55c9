"""For the second path takes the transpose of X instead of that of G. Visible tests: pass."""

def tied_slopes(G, X, W):
    dA = G @ W
    return dA @ W.T, X.T @ dA + X.T @ G @ W
