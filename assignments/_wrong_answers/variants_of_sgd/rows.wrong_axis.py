"""Lets `missed` run along the columns. Visible tests: pass."""

def catch_up(W, V, missed, alpha):
    kept = alpha ** missed
    return W + V * alpha * (1 - kept) / (1 - alpha), V * kept
