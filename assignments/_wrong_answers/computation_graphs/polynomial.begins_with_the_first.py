"""Begins with the first coefficient, and stops with an error where there is none. Visible tests: pass."""

def polynomial_dual(coefficients, x):
    value, slope = coefficients[0], 0.0
    for c in coefficients[1:]:
        slope = slope * x[0] + value * x[1]
        value = value * x[0] + c
    return value, slope
