"""Averages over the entries too, where the squares of a gradient should be added. Visible tests: pass."""

def signal_and_noise(first, second, B1, B2):
    if B1 == B2:
        raise ValueError("equal sizes")
    square1, square2 = np.mean(first**2), np.mean(second**2)
    noise = (square1 - square2) / (1 / B1 - 1 / B2)
    return square1 - noise / B1, noise
