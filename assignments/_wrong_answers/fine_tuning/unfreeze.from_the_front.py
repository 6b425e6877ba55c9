"""Counts the layers from the front. Visible tests: fail."""

def rates_at(t, layers, rate, factor, every, warm):
    return {name: rate / factor**k * min(max((t - k * every + 1) / warm, 0), 1) for k, name in enumerate(layers)}
