"""Takes the images for square ones. Visible tests: pass."""

def moved_copies(training, validation, reach):
    size = training.shape[1]
    framed = np.pad(training, ((0, 0), (reach, reach), (reach, reach)))
    copies = np.zeros(len(validation), dtype=bool)
    for down in range(2 * reach + 1):
        for right in range(2 * reach + 1):
            moved = framed[:, down : down + size, right : right + size]
            copies |= np.any(np.all(validation[:, np.newaxis] == moved, axis=(2, 3)), axis=1)
    return copies
