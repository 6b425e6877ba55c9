"""Takes for granted that the first batches are single samples. Visible tests: pass."""

def signal_and_noise(first, second, B1, B2):
    if B1 == B2:
        raise ValueError("equal sizes")
    square1, square2 = np.mean(np.sum(first**2, axis=1)), np.mean(np.sum(second**2, axis=1))
    noise = (square1 - square2) / (1 - 1 / B2)
    return square1 - noise, noise
