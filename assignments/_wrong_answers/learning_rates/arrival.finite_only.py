"""Takes no infinite loss for one below the level, not even minus infinity. Visible tests: pass."""

def first_and_for_good(losses, level):
    below = np.isfinite(losses) & (losses < level)
    if not np.any(below):
        return None, None
    first = int(np.argmax(below))
    if not below[-1]:
        return first, None
    others = np.flatnonzero(~below)
    return first, int(others[-1]) + 1 if len(others) else 0
