"""Takes the mean of the variances of the batches. Visible tests: fail."""

def statistics_of_all(counts, means, variances):
    shares = (counts / np.sum(counts))[:, np.newaxis]
    return np.sum(shares * means, axis=0), np.sum(shares * variances, axis=0)
