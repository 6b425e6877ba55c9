"""What a data set is, and how a file of the package is read."""

import hashlib
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Dataset:
    """A table of features, its target, and what is known about them.

    Attributes
    ----------
    data : ndarray of shape (n_samples, ...)
        One row for each sample.
    target : ndarray of shape (n_samples,)
        What is to be predicted.
    feature_names : tuple of str
        The columns of `data`.
    description : str
        The data card: source, licence, units, known errors, and how not to use it.
    feature_descriptions : dict of str to str
        For each column, and the target, its meaning and unit.
    """

    data: NDArray[Any]
    target: NDArray[Any]
    feature_names: tuple[str, ...]
    description: str
    feature_descriptions: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Dataset: data {self.data.shape}, target {self.target.shape}>"

    def without(self, *names: str) -> "Dataset":
        """Return the table without some of its features.

        Parameters
        ----------
        *names : str
            The columns to leave out.

        Returns
        -------
        Dataset
            With a table of its own; the description is that of the whole one.

        Raises
        ------
        ValueError
            If it has no such feature.

        Examples
        --------
        >>> from dlcourse.datasets import load_boston_housing
        >>> load_boston_housing().without("B")
        <Dataset: data (506, 12), target (506,)>
        """
        for name in names:
            if name not in self.feature_names:
                raise ValueError(
                    f"{name!r} is none of the features {', '.join(self.feature_names)}"
                )
        kept = [name for name in self.feature_names if name not in names]
        columns = [self.feature_names.index(name) for name in kept]
        meanings = {n: text for n, text in self.feature_descriptions.items() if n not in names}
        return replace(
            self,
            data=self.data[:, columns],
            feature_names=tuple(kept),
            feature_descriptions=meanings,
        )


def read_packaged(name: str, sha256: str) -> bytes:
    """Return the bytes of a data file of the package, after checking that they are intact."""
    content = (files("dlcourse.datasets") / "data" / name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(
            f"the packaged file {name} was changed: its SHA-256 is {found[:12]}..., expected "
            f"{sha256[:12]}...; install dlcourse again"
        )
    return content
