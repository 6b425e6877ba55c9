"""Moves in one direction at a time. Visible tests: pass."""

def moved_copies(training, validation, reach):
    height, width = training.shape[1:]
    framed = np.pad(training, ((0, 0), (reach, reach), (reach, reach)))
    copies = np.zeros(len(validation), dtype=bool)
    for k in range(2 * reach + 1):
        for down, right in ((k, reach), (reach, k)):
            moved = framed[:, down : down + height, right : right + width]
            copies |= np.any(np.all(validation[:, np.newaxis] == moved, axis=(2, 3)), axis=1)
    return copies
