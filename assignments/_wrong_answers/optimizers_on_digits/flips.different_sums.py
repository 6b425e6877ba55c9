"""Counts each sum once, however many ways lead to it. Visible tests: pass."""

def sign_flips(d):
    sums = {0}
    for size in d:
        sums = {s + size for s in sums} | {s - size for s in sums}
    return np.mean([abs(s) >= abs(sum(d)) for s in sums])
