"""The average is not corrected at all. Visible tests: fail."""

def corrected_averages(values, shares):
    m, averages = 0.0, []
    for x, share in zip(values, shares):
        m = share * m + (1 - share) * x
        averages.append(m)
    return np.array(averages)
