"""Lets the straight line go below 0 where a layer is frozen. Visible tests: fail."""

def rates_at(t, layers, rate, factor, every, warm):
    rates = {}
    for position, name in enumerate(layers):
        k = len(layers) - 1 - position
        rates[name] = rate / factor**k * min((t - k * every + 1) / warm, 1)
    return rates
