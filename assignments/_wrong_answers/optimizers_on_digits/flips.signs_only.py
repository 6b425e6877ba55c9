"""Looks at the signs, and not at how large the differences are. Visible tests: pass."""

def sign_flips(d):
    n, ahead = len(d), sum(x > 0 for x in d)
    return sum(comb(n, j) for j in range(n + 1) if abs(n - 2 * j) >= abs(n - 2 * ahead)) / 2**n
