"""Has one warm-up for all, at the beginning of the training. Visible tests: fail."""

def rates_at(t, layers, rate, factor, every, warm):
    rates = {}
    for position, name in enumerate(layers):
        k = len(layers) - 1 - position
        rates[name] = rate / factor**k * min((t + 1) / warm, 1) if t >= k * every else 0.0
    return rates
