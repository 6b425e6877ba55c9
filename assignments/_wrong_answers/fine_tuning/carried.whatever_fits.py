"""Copies each parameter whose shape fits, so that half a layer may be copied. Visible tests: pass."""

def carried(old, new, head):
    made, kept = {}, []
    for name, value in new.items():
        layer = name.split("/")[0]
        fits = layer != head and name in old and old[name].shape == value.shape
        made[name] = old[name] if fits else value
        if not fits and layer not in kept:
            kept.append(layer)
    return made, kept
