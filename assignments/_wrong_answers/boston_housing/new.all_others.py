"""Compares with all other columns, so that of two equal ones both are found. Visible tests: fail."""

def nothing_new(X):
    found = []
    for j in range(X.shape[1]):
        A = np.column_stack([np.ones(len(X)), np.delete(X, j, axis=1)])
        residual = A @ np.linalg.lstsq(A, X[:, j])[0] - X[:, j]
        if np.sqrt(np.mean(residual**2)) <= 1e-8 * np.sqrt(np.mean(X[:, j] ** 2)):
            found.append(j)
    return found
