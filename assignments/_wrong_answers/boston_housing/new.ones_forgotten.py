"""Forgets the column of ones. Visible tests: fail."""

def nothing_new(X):
    kept, found = [np.zeros(len(X))], []
    for j in range(X.shape[1]):
        size = np.sqrt(np.mean(X[:, j] ** 2))
        column = X[:, j] / size if size > 0 else X[:, j]
        A = np.column_stack(kept)
        residual = A @ np.linalg.lstsq(A, column)[0] - column
        if np.sqrt(np.mean(residual**2)) <= 1e-8:
            found.append(j)
        else:
            kept.append(column)
    return found
