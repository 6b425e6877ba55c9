"""Leaves out all rows at the ceiling. Visible tests: fail."""

def ceiling_loss(prediction, target, ceiling):
    residual = np.where(target == ceiling, 0, prediction - target)
    return np.mean(residual**2), 2 * residual / len(residual)
