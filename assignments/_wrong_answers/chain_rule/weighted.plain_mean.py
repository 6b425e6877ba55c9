"""Divides by the number of rows instead of the sum of the weights. Visible tests: fail."""

def weighted_slopes(Z, labels, s):
    powers = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = powers / powers.sum(axis=1, keepdims=True)
    return (P - np.eye(Z.shape[1])[labels]) * s[:, None] / len(Z)
