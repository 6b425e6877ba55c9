"""Only the velocity shrinks: the weights are left where they were. Visible tests: fail."""

def catch_up(W, V, missed, alpha):
    return W.copy(), V * alpha ** missed[:, np.newaxis]
