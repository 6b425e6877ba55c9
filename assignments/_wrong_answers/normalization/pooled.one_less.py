"""Divides by one less than the number of rows. Visible tests: fail."""

def statistics_of_all(counts, means, variances):
    n = np.sum(counts)
    shares = (counts / n)[:, np.newaxis]
    mean = np.sum(shares * means, axis=0)
    return mean, np.sum(shares * (variances + (means - mean) ** 2), axis=0) * n / (n - 1)
