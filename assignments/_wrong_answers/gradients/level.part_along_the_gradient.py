"""Returns what should be taken away. Visible tests: fail."""

def along_the_level(slopes, arrow):
    squares = np.sum(slopes**2)
    if squares == 0:
        return arrow
    return np.sum(slopes * arrow) / squares * slopes
