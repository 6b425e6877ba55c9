"""Returns the slopes of W first. Visible tests: fail."""

def tied_slopes(G, X, W):
    dA = G @ W
    return X.T @ dA + G.T @ X @ W, dA @ W.T
