"""Multiplies what the two paths bring. Visible tests: fail."""

def slope_of_power(u, v, du, dv):
    if u <= 0:
        raise ValueError("u must be above 0")
    return v * u ** (v - 1) * du * u**v * np.log(u) * dv
