"""Where the last loss is not below, returns the number of an update that was never made. Visible tests: pass."""

def first_and_for_good(losses, level):
    below = losses < level
    if not np.any(below):
        return None, None
    above = np.flatnonzero(~below)
    return int(np.argmax(below)), int(above[-1]) + 1 if len(above) else 0
