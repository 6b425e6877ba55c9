"""Divides by 1 - share**t with the present share, as if it had been the same in all steps. Visible tests: pass."""

def corrected_averages(values, shares):
    m, averages = 0.0, []
    for t, (x, share) in enumerate(zip(values, shares), 1):
        m = share * m + (1 - share) * x
        averages.append(m / (1 - share**t))
    return np.array(averages)
