"""Returns a number of images, and not a share. Visible tests: fail."""

def best_of(trials, images, share):
    if share in (0, 1):
        return float(share) * images
    k = np.arange(images)
    steps = np.log((images - k) / (k + 1)) + np.log(share / (1 - share))
    logs = images * np.log(1 - share) + np.append(0, np.cumsum(steps))
    return np.sum(1 - np.cumsum(np.exp(logs))[:-1] ** trials)
