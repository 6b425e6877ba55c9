"""Takes the first crossing for an arrival. Visible tests: fail."""

def first_and_for_good(losses, level):
    below = np.flatnonzero(losses < level)
    if len(below) == 0:
        return None, None
    return int(below[0]), int(below[0])
