"""Leaves out the path through the second product. Visible tests: fail."""

def tied_slopes(G, X, W):
    dA = G @ W
    return dA @ W.T, X.T @ dA
