"""Begins each warm-up with a rate of 0, so the first update does nothing. Visible tests: fail."""

def rates_at(t, layers, rate, factor, every, warm):
    rates = {}
    for position, name in enumerate(layers):
        k = len(layers) - 1 - position
        rates[name] = rate / factor**k * min(max((t - k * every) / warm, 0), 1)
    return rates
