"""Looks for losses that are at least the level, which nan is not. Visible tests: pass."""

def first_and_for_good(losses, level):
    below = np.flatnonzero(losses < level)
    above = np.flatnonzero(losses >= level)
    if len(below) == 0:
        return None, None
    for_good = int(above[-1]) + 1 if len(above) else 0
    return int(below[0]), for_good if for_good < len(losses) else None
