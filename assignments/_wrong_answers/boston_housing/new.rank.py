"""Asks for the rank of the table as it is, where small columns drown beside large ones. Visible tests: pass."""

def nothing_new(X):
    found, rank = [], 1
    for j in range(X.shape[1]):
        now = np.linalg.matrix_rank(np.column_stack([np.ones(len(X)), X[:, : j + 1]]))
        if now == rank:
            found.append(j)
        rank = now
    return found
