"""Goes on with the corrected average, and so corrects it again in each step. Visible tests: fail."""

def corrected_averages(values, shares):
    m, start, averages = 0.0, 1.0, []
    for x, share in zip(values, shares):
        start = share * start
        m = (share * m + (1 - share) * x) / (1 - start)
        averages.append(m)
    return np.array(averages)
