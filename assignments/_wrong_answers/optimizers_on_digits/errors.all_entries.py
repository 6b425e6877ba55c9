"""Takes every seed with every image for one more independent answer. Visible tests: pass."""

def two_errors(one, other):
    d = 100 * (one.astype(float) - other)
    by_seed = d.mean(axis=1)
    return d.mean(), by_seed.std(ddof=1) / np.sqrt(len(d)), d.std(ddof=1) / np.sqrt(d.size)
