"""The data of the book, shipped with the package and described where it stands."""

from dlcourse.datasets._boston_housing import load_boston_housing
from dlcourse.datasets._dataset import Dataset
from dlcourse.datasets._mnist import load_mnist

# The order of the reference.
__all__ = ["load_boston_housing", "load_mnist", "Dataset"]  # noqa: RUF022
