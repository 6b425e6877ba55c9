"""Decides with `if`, which an array can't answer. Visible tests: pass."""

def trapezoid(t, top, warm, fall, total):
    if t < warm:
        return top * (t + 1) / warm
    if t < total - fall:
        return top
    return top * max(0, total - t) / fall
