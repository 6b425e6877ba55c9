"""Takes the size of the factor, so it misses that the walk changes sides. Visible tests: pass."""

def read_parabola(w0, w1, w2, rate):
    if w1 == w0:
        raise ValueError("the walk stood still")
    factor = abs((w2 - w1) / (w1 - w0))
    if factor == 1:
        return 0.0, None
    return (1 - factor) / rate, w0 + (w1 - w0) / (1 - factor)
