"""Writes into the new network that it was given, and returns names of parameters. Visible tests: fail."""

def carried(old, new, head):
    kept = []
    for name in new:
        if name.split("/")[0] != head and name in old and old[name].shape == new[name].shape:
            new[name] = old[name]
        else:
            kept.append(name)
    return new, kept
