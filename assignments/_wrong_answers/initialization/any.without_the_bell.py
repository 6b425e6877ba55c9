"""All numbers between -8 and 8 count alike. Visible tests: fail."""

def weights_std(f, inputs):
    z = np.linspace(-8, 8, 4001)
    return 1 / np.sqrt(inputs * np.mean(f(z) ** 2))
