"""Cuts off all predictions at the ceiling, those for cheap tracts as well. Visible tests: pass."""

def ceiling_loss(prediction, target, ceiling):
    residual = np.minimum(prediction, ceiling) - target
    return np.mean(residual**2), 2 * residual / len(residual)
