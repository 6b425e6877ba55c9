"""The Boston housing table of Harrison and Rubinfeld."""

import io
from importlib.resources import files

import numpy as np

from dlcourse.datasets._dataset import Dataset, read_packaged

_SHA256 = "79ac716620024011b03c0c44d2bf99069b8173649181926d9109c25475a3804c"

_COLUMNS = {
    "CRIM": 'crime rate ("per capita, by town" in the source, which gives no scale)',
    "ZN": "share of residential land zoned for lots over 25,000 square feet, in percent",
    "INDUS": "share of non-retail business land in the town, in percent",
    "CHAS": "1 if the tract borders the Charles River, else 0",
    "NOX": "annual mean concentration of nitrogen oxides, in parts per 10 million",
    "RM": "mean number of rooms of a dwelling",
    "AGE": "share of owner-occupied units built before 1940, in percent",
    "DIS": "weighted distance to five employment centers (unit not given in the source)",
    "RAD": "index of access to radial highways, 1 to 8, and 24",
    "TAX": "property tax, in dollars per 10,000 dollars of full value",
    "PTRATIO": "pupils per teacher in the town",
    "B": "1000 (Bk - 0.63)^2, with Bk the share of Black residents (see the data card)",
    "LSTAT": "share of residents of lower status as the authors defined it, in percent",
    "MEDV": "median value of owner-occupied homes, in 1,000 dollars of 1970",
}


def load_boston_housing() -> Dataset:
    """Load the Boston housing table: 506 census tracts, 13 features, the median home value.

    It is kept as a historical benchmark, not as a model of how to value homes: read
    ``description`` before using it, above all on the column B.

    Returns
    -------
    Dataset
        ``data`` of shape (506, 13) and ``target`` of shape (506,), both float64; each
        call returns fresh arrays. ``feature_descriptions`` gives the unit of every
        column and of the target, MEDV (1,000 US dollars of 1970).

    Raises
    ------
    ValueError
        If the packaged file is not the one that was published.

    References
    ----------
    D. Harrison and D. L. Rubinfeld, "Hedonic housing prices and the demand for clean
    air", *Journal of Environmental Economics and Management* 5(1), 1978, 81-102.

    Examples
    --------
    >>> boston = load_boston_housing()
    >>> boston
    <Dataset: data (506, 13), target (506,)>
    >>> boston.feature_names[5], float(boston.data[0, 5]), float(boston.target[0])
    ('RM', 6.575, 24.0)
    """
    text = read_packaged("boston_housing.csv", _SHA256).decode("ascii")
    names = text.partition("\n")[0].strip().split(",")
    table = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=1)
    card = files("dlcourse.datasets") / "data" / "boston_housing.md"
    return Dataset(
        data=np.ascontiguousarray(table[:, :-1]),
        target=table[:, -1].copy(),
        feature_names=tuple(names[:-1]),
        description=card.read_text(encoding="utf-8"),
        feature_descriptions=dict(_COLUMNS),
    )
