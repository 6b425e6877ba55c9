"""Returns the rows for the test first. Visible tests: fail."""

def group_split(groups, n_test, seed):
    names = np.unique(groups)
    if not 1 <= n_test < len(names):
        raise ValueError("no such number of groups")
    chosen = np.random.default_rng(seed).choice(names, n_test, replace=False)
    in_test = np.isin(groups, chosen)
    return np.flatnonzero(in_test), np.flatnonzero(~in_test)
