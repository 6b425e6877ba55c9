"""The product has two factors, but only one of them passes its slope on. Visible tests: fail."""

def polynomial_dual(coefficients, x):
    value, slope = 0.0, 0.0
    for c in coefficients:
        slope = value * x[1]
        value = value * x[0] + c
    return value, slope
