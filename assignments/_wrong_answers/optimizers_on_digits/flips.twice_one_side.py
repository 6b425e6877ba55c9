"""Takes twice the share above the sum, which is right only if the sum is positive. Visible tests: pass."""

def sign_flips(d):
    sums = np.array([0])
    for size in d:
        sums = np.append(sums + size, sums - size)
    return 2 * np.mean(sums >= sum(d))
