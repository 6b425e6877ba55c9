"""Leaves training without any rows if all groups are asked for. Visible tests: pass."""

def group_split(groups, n_test, seed):
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    in_test = np.isin(groups, names[:n_test])
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)
