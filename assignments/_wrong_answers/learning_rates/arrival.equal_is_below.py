"""Counts a loss that equals the level. Visible tests: pass."""

def first_and_for_good(losses, level):
    below = losses <= level
    if not np.any(below):
        return None, None
    above = np.flatnonzero(~below)
    for_good = int(above[-1]) + 1 if len(above) else 0
    return int(np.argmax(below)), for_good if for_good < len(losses) else None
