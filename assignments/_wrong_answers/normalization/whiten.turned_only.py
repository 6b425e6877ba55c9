"""Turns the table, so that its columns are uncorrelated, but does not scale them. Visible tests: fail."""

def whiten(train, test):
    mean = train.mean(axis=0)
    lam, V = np.linalg.eigh((train - mean).T @ (train - mean) / len(train))
    return (train - mean) @ V, (test - mean) @ V
