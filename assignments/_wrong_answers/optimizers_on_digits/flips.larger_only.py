"""Counts only sums that are larger than the one that was found. Visible tests: fail."""

def sign_flips(d):
    sums = np.array([0])
    for size in d:
        sums = np.append(sums + size, sums - size)
    return np.mean(abs(sums) > abs(sum(d)))
