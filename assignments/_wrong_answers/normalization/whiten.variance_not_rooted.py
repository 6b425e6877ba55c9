"""Divides by the variances and not by their roots. Visible tests: fail."""

def whiten(train, test):
    mean = train.mean(axis=0)
    lam, V = np.linalg.eigh((train - mean).T @ (train - mean) / len(train))
    return (train - mean) @ V / lam, (test - mean) @ V / lam
