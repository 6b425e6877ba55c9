"""Turns the list around that it was given, and back only in the dict. Visible tests: fail."""

def rates_at(t, layers, rate, factor, every, warm):
    names = list(layers)
    layers.reverse()
    return {name: rate / factor ** layers.index(name) * min(max((t - layers.index(name) * every + 1) / warm, 0), 1) for name in names}
