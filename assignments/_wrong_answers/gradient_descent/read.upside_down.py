"""Divides the first move by the second. Visible tests: fail."""

def read_parabola(w0, w1, w2, rate):
    if w1 == w0:
        raise ValueError("the walk stood still")
    factor = (w1 - w0) / (w2 - w1)
    if factor == 1:
        return 0.0, None
    return (1 - factor) / rate, w0 + (w1 - w0) / (1 - factor)
