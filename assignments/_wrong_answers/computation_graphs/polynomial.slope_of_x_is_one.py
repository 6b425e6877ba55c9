"""Takes for granted that the slope of x is 1. Visible tests: pass."""

def polynomial_dual(coefficients, x):
    value, slope = 0.0, 0.0
    for c in coefficients:
        slope = slope * x[0] + value
        value = value * x[0] + c
    return value, slope
