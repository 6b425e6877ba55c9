"""The data of the book is the data that was published."""

import hashlib
from importlib.resources import files

import numpy as np
import pytest

from dlcourse.datasets import _dataset, load_boston_housing

CSV = files("dlcourse.datasets") / "data" / "boston_housing.csv"


def test_the_packaged_file_is_the_published_one():
    published = "79ac716620024011b03c0c44d2bf99069b8173649181926d9109c25475a3804c"
    assert hashlib.sha256(CSV.read_bytes()).hexdigest() == published
    assert published in load_boston_housing().description


def test_the_table_has_the_published_counts_and_means():
    boston = load_boston_housing()
    river = boston.data[:, boston.feature_names.index("CHAS")]
    assert np.count_nonzero(river == 1) == 35
    assert np.count_nonzero(river == 0) == 506 - 35
    assert round(boston.target.mean(), 4) == 22.5328
    assert np.count_nonzero(boston.target == 50.0) == 16
    assert boston.target.max() == 50.0


def test_the_arrays_are_what_the_file_says_row_by_row():
    boston = load_boston_housing()
    header, *lines = CSV.read_text().splitlines()
    assert (*boston.feature_names, "MEDV") == tuple(header.split(","))
    table = np.column_stack([boston.data, boston.target])
    assert table.tolist() == [[float(entry) for entry in line.split(",")] for line in lines]


def test_shapes_dtypes_and_layout_are_ready_for_computing():
    boston = load_boston_housing()
    assert (boston.data.shape, boston.target.shape) == ((506, 13), (506,))
    assert boston.data.dtype == boston.target.dtype == np.float64
    assert boston.data.flags.c_contiguous
    assert boston.target.flags.c_contiguous
    assert repr(boston) == "<Dataset: data (506, 13), target (506,)>"


def test_the_features_keep_their_published_names_and_order():
    names = "CRIM ZN INDUS CHAS NOX RM AGE DIS RAD TAX PTRATIO B LSTAT"
    assert " ".join(load_boston_housing().feature_names) == names


def test_every_call_returns_arrays_of_its_own():
    first = load_boston_housing()
    first.data[:] = first.target[:] = -1
    first.feature_descriptions.clear()
    second = load_boston_housing()
    assert second.data.min() >= 0
    assert second.target.min() == 5.0
    assert second.feature_descriptions


def test_every_column_and_the_target_has_a_description():
    boston = load_boston_housing()
    assert list(boston.feature_descriptions) == [*boston.feature_names, "MEDV"]
    assert all(boston.feature_descriptions.values())


@pytest.mark.parametrize(
    "words",
    ["The column B", "racist premise", "MEDV is censored: 16 tracts have exactly 50.0"],
)
def test_the_description_says_what_a_user_must_know(words):
    assert words in load_boston_housing().description


def test_a_damaged_file_is_refused_by_name(monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    damaged = CSV.read_bytes().replace(b"6.575", b"6.576", 1)
    (tmp_path / "data" / "boston_housing.csv").write_bytes(damaged)
    monkeypatch.setattr(_dataset, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match=r"boston_housing.csv was changed: its SHA-256 is \w{12}"):
        load_boston_housing()
