"""Takes a bell curve for the shares, which for a few images they do not have. Visible tests: fail."""

def best_of(trials, images, share):
    z = np.linspace(-9, 9, 20_001)
    below = np.cumsum(np.exp(-(z**2) / 2)) * (z[1] - z[0]) / np.sqrt(2 * np.pi)
    best = np.sum((z[1:] + z[:-1]) / 2 * np.diff(below**trials))
    return share + best * np.sqrt(share * (1 - share) / images)
