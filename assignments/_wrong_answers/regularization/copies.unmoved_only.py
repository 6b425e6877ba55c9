"""Finds only copies that were not moved. Visible tests: fail."""

def moved_copies(training, validation, reach):
    return np.any(np.all(validation[:, np.newaxis] == training, axis=(2, 3)), axis=1)
