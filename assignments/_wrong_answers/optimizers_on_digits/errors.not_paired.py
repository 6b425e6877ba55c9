"""Treats the shares of the two as independent, where the images are concerned. Visible tests: pass."""

def two_errors(one, other):
    d = 100 * (one.astype(float) - other)
    by_seed = d.mean(axis=1)
    p, q = one.mean(), other.mean()
    by_image = 100 * np.sqrt((p * (1 - p) + q * (1 - q)) / one.shape[1])
    return d.mean(), by_seed.std(ddof=1) / np.sqrt(len(d)), by_image
