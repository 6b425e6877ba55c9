"""Takes the coefficients in the other order. Visible tests: fail."""

def polynomial_dual(coefficients, x):
    value, slope = 0.0, 0.0
    for c in coefficients[::-1]:
        slope = slope * x[0] + value * x[1]
        value = value * x[0] + c
    return value, slope
