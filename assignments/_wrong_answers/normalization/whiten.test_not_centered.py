"""Forgets to subtract the mean from the test rows. Visible tests: pass."""

def whiten(train, test):
    centered = train - train.mean(axis=0)
    lam, V = np.linalg.eigh(centered.T @ centered / len(train))
    M = V / np.sqrt(lam)
    return centered @ M, test @ M
