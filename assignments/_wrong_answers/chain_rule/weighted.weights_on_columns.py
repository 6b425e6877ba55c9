"""Multiplies the columns by the weights, where it should be the rows. Visible tests: fail."""

def weighted_slopes(Z, labels, s):
    powers = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = powers / powers.sum(axis=1, keepdims=True)
    return (P - np.eye(Z.shape[1])[labels]) * (s / s.sum())
