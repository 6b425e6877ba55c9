"""Divides by zero where both moves are equal. Visible tests: pass."""

def read_parabola(w0, w1, w2, rate):
    if w1 == w0:
        raise ValueError("the walk stood still")
    factor = (w2 - w1) / (w1 - w0)
    return (1 - factor) / rate, w0 + (w1 - w0) / (1 - factor)
