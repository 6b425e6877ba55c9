"""Overwrites the value before the slope has used it. Visible tests: fail."""

def polynomial_dual(coefficients, x):
    value, slope = 0.0, 0.0
    for c in coefficients:
        value = value * x[0] + c
        slope = slope * x[0] + value * x[1]
    return value, slope
