"""The sign is turned around. Visible tests: fail."""

def weighted_slopes(Z, labels, s):
    powers = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = powers / powers.sum(axis=1, keepdims=True)
    return (np.eye(Z.shape[1])[labels] - P) * (s / s.sum())[:, None]
