"""Fills the short batch with rows of the next epoch. Visible tests: fail."""

def rows_of_update(n, batch_size, t, seed):
    rows = []
    for place in range(t * batch_size, (t + 1) * batch_size):
        epoch, k = divmod(place, n)
        rows.append(np.random.default_rng([seed, epoch]).permutation(n)[k])
    return np.array(rows)
