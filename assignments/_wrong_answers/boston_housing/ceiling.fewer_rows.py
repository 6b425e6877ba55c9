"""Divides by the number of rows that are known to be wrong. Visible tests: fail."""

def ceiling_loss(prediction, target, ceiling):
    residual = np.where(target == ceiling, np.minimum(prediction - target, 0), prediction - target)
    count = np.sum(residual != 0)
    return np.sum(residual**2) / count, 2 * residual / count
