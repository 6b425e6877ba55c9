"""Draws rows, as if they were independent. Visible tests: fail."""

def group_split(groups, n_test, seed):
    if not 1 <= n_test < len(np.unique(groups)):
        raise ValueError("no such number of groups")
    order = np.random.default_rng(seed).permutation(len(groups))
    return np.sort(order[n_test:]), np.sort(order[:n_test])
