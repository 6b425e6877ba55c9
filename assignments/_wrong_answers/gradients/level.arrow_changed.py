"""Changes the arrow that it was given. Visible tests: pass."""

def along_the_level(slopes, arrow):
    squares = np.sum(slopes**2)
    if squares > 0:
        arrow -= np.sum(slopes * arrow) / squares * slopes
    return arrow
