"""Cuts negative estimates off, so that their mean over many trials would be too high. Visible tests: pass."""

def signal_and_noise(first, second, B1, B2):
    if B1 == B2:
        raise ValueError("equal sizes")
    square1, square2 = np.mean(np.sum(first**2, axis=1)), np.mean(np.sum(second**2, axis=1))
    noise = (square1 - square2) / (1 / B1 - 1 / B2)
    return max(square1 - noise / B1, 0.0), max(noise, 0.0)
