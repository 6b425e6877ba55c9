"""Forgets the slopes of base and exponent. Visible tests: fail."""

def slope_of_power(u, v, du, dv):
    if u <= 0:
        raise ValueError("u must be above 0")
    return v * u ** (v - 1) + u**v * np.log(u)
