"""Estimates the slope by a forward difference. Visible tests: pass."""

def crossing(f, x, h=1e-5):
    slope = (f(x + h) - f(x)) / h
    if slope == 0:
        return None
    return x - f(x) / slope
