"""Returns the ratio and not its logarithm. Visible tests: fail."""

def measured_order(quotient, f, slope, x, h):
    return abs(quotient(f, x, h) - slope) / abs(quotient(f, x, h / 2) - slope)
