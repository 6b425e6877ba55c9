"""Values and slopes of the functions of networks have all their digits, on -700 to 700."""

import accuracy
import numpy as np
import pytest

ULP = 4  # units in the last place


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
@pytest.mark.parametrize("subject", accuracy.SUBJECTS, ids=lambda subject: subject.name)
def test_no_digit_is_lost_in_value_or_slope(subject, dtype):
    errors = accuracy.errors_of(subject, dtype)
    assert errors.value <= ULP, f"{errors.value:.1f} ulp at {errors.value_at}"
    assert errors.slope <= ULP, f"{errors.slope:.1f} ulp at {errors.slope_at}"


def test_an_error_is_counted_in_the_digits_of_the_exact_result():
    assert accuracy.error_in_ulp(1.0, accuracy.ONE, np.float64) == 0
    assert accuracy.error_in_ulp(1 + 2**-52, accuracy.ONE, np.float64) == 1
    assert accuracy.error_in_ulp(0.0, accuracy.mpmath.mpf("1e-20"), np.float64) > 1e15
    assert accuracy.error_in_ulp(np.inf, accuracy.mpmath.mpf("1e400"), np.float64) == 0
    assert accuracy.error_in_ulp(1.0, accuracy.mpmath.mpf("1e400"), np.float64) == np.inf
