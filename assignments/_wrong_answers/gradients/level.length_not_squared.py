"""Divides by the length of the gradient, where its square is needed. Visible tests: fail."""

def along_the_level(slopes, arrow):
    length = np.sqrt(np.sum(slopes**2))
    if length == 0:
        return arrow
    return arrow - np.sum(slopes * arrow) / length * slopes
