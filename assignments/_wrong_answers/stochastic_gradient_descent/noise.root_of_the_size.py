"""Lets the noise of the square fall with the root of the batch size. Visible tests: fail."""

def signal_and_noise(first, second, B1, B2):
    if B1 == B2:
        raise ValueError("equal sizes")
    square1, square2 = np.mean(np.sum(first**2, axis=1)), np.mean(np.sum(second**2, axis=1))
    noise = (square1 - square2) / (1 / np.sqrt(B1) - 1 / np.sqrt(B2))
    return square1 - noise / np.sqrt(B1), noise
