"""Averages the gradients before squaring, so that the noise averages out. Visible tests: fail."""

def signal_and_noise(first, second, B1, B2):
    if B1 == B2:
        raise ValueError("equal sizes")
    square1, square2 = np.sum(first.mean(axis=0) ** 2), np.sum(second.mean(axis=0) ** 2)
    noise = (square1 - square2) / (1 / B1 - 1 / B2)
    return square1 - noise / B1, noise
