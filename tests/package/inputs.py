"""What several tests feed to the package: random tables, and input that must be refused."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

# The same examples on every machine and in every run.
settings.register_profile(
    "dlcourse", derandomize=True, deadline=None, max_examples=60, database=None
)
settings.load_profile("dlcourse")


def tables(min_rows=1, max_rows=30, max_columns=4):
    """Tables of readable numbers, with constant columns now and then."""
    shapes = st.tuples(st.integers(min_rows, max_rows), st.integers(1, max_columns))
    # Multiples of 1/8: exact in float32 too, and never nearly constant.
    entries = st.integers(-8000, 8000).map(lambda k: k / 8)
    return shapes.flatmap(lambda shape: hnp.arrays(np.float64, shape, elements=entries))


# Each with the exception it raises and the words that must be in its message.
BAD_TABLES = [
    pytest.param([1.0, 2.0], ValueError, r"shape \(2,\); use x.reshape\(-1, 1\)", id="1-D"),
    pytest.param(3.0, ValueError, r"\(n_samples, n_features\), got shape \(\)", id="0-D"),
    pytest.param(np.zeros((2, 2, 2)), ValueError, r"got shape \(2, 2, 2\)", id="3-D"),
    pytest.param(np.zeros((0, 2)), ValueError, r"x is empty: its shape is \(0, 2\)", id="no rows"),
    pytest.param(np.zeros((2, 0)), ValueError, r"x is empty: its shape is \(2, 0\)", id="no cols"),
    pytest.param(
        [[1.0, 2.0], [np.nan, 4.0]], ValueError, r"the first \(nan\) at index \(1, 0\)", id="NaN"
    ),
    pytest.param(
        [[1.0, -np.inf], [np.inf, 4.0]],
        ValueError,
        r"2 value\(s\) that are not finite, the first \(-inf\) at index \(0, 1\)",
        id="infinity",
    ),
    pytest.param([["a", "b"]], TypeError, r"x must hold numbers .*, got dtype <U1", id="strings"),
    pytest.param([[1j, 2.0]], TypeError, "got dtype complex128", id="complex"),
    pytest.param(np.zeros((2, 2), np.float16), TypeError, "got dtype float16", id="float16"),
    pytest.param([[None, 1.0]], TypeError, "got dtype object", id="None"),
    pytest.param([[1.0], [1.0, 2.0]], ValueError, "x is not a regular array", id="ragged"),
]
