"""Counts only ways that are as good for the same method. Visible tests: fail."""

def sign_flips(d):
    sums = np.array([0])
    for size in d:
        sums = np.append(sums + size, sums - size)
    return np.mean(sums >= sum(d))
