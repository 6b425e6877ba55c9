"""Takes the last groups, whatever the seed. Visible tests: pass."""

def group_split(groups, n_test, seed):
    names = np.unique(groups)
    if not 1 <= n_test < len(names):
        raise ValueError("no such number of groups")
    in_test = np.isin(groups, names[-n_test:])
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)
