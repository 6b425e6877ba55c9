"""Takes the best of the first three. Visible tests: fail."""

def search(run, start, factor, most):
    rates = [start / factor, start, start * factor]
    return rates, rates[int(np.argmax([run(rate) for rate in rates]))]
