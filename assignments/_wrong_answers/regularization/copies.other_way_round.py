"""Moves the validation images, and compares them with the training images. Visible tests: fail."""

def moved_copies(training, validation, reach):
    height, width = training.shape[1:]
    framed = np.pad(validation, ((0, 0), (reach, reach), (reach, reach)))
    copies = np.zeros(len(validation), dtype=bool)
    for down in range(2 * reach + 1):
        for right in range(2 * reach + 1):
            moved = framed[:, down : down + height, right : right + width]
            copies |= np.any(np.all(moved[:, np.newaxis] == training, axis=(2, 3)), axis=1)
    return copies
