"""Draws each batch by itself, so that some rows come twice in an epoch and others never. Visible tests: fail."""

def rows_of_update(n, batch_size, t, seed):
    return np.random.default_rng([seed, t]).permutation(n)[:batch_size]
