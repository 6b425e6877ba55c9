"""Adds the velocity before it has shrunk. Visible tests: fail."""

def catch_up(W, V, missed, alpha):
    kept = alpha ** missed[:, np.newaxis]
    return W + V * (1 - kept) / (1 - alpha), V * kept
