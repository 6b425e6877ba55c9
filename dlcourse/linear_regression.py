"""Linear regression: the smallest model with everything a large one has.

`LinearModel` is the model alone: weights, an intercept, predictions, and the
gradient of the squared error derived by hand. `LinearRegression` wraps it the way
scikit-learn does (``fit``, ``predict``) and offers three ways to the weights: the
exact answer, full-batch gradient descent, and mini-batch SGD.
"""

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcourse._helpers.validation import FloatArray, as_column, as_count, as_generator, as_table
from dlcourse.losses import mean_squared_error
from dlcourse.optimizers import SGD, LearningRate
from dlcourse.training import History, Loss, fit

Solver = Literal["normal_equations", "gradient_descent", "sgd"]
_SOLVERS = ("normal_equations", "gradient_descent", "sgd")


class LinearModel:
    r"""A weighted sum of the features plus an intercept.

    .. math:: \hat{y} = X w + b

    Parameters
    ----------
    in_features : int
        Columns of X.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    params : dict of str to ndarray
        ``"weights"`` of shape (in_features,) and ``"intercept"`` of shape (); zeros
        at first. The squared error of a linear model is a bowl, so zeros are as good
        a start as any.

    References
    ----------
    Equation :eq:`boston-model` of chapter 12.

    T. Hastie, R. Tibshirani and J. Friedman, *The Elements of Statistical Learning*,
    2nd ed., Springer, 2009, section 3.2.

    Examples
    --------
    >>> model = LinearModel(2)
    >>> model.params["weights"][:] = [3.0, 1.0]
    >>> model(np.array([[1.0, 2.0]]))
    array([5.])
    """

    def __init__(self, in_features: int, dtype: Any = np.float64) -> None:
        self.params: dict[str, NDArray[Any]] = {
            "weights": np.zeros(as_count(in_features, "in_features"), dtype),
            "intercept": np.zeros((), dtype),
        }

    def __call__(self, inputs: FloatArray) -> FloatArray:
        """Return the predictions.

        Parameters
        ----------
        inputs : ndarray of shape (n, in_features)

        Returns
        -------
        ndarray of shape (n,)
        """
        predictions: FloatArray = inputs @ self.params["weights"] + self.params["intercept"]
        return predictions

    def loss_and_gradients(
        self, loss: Loss, inputs: FloatArray, targets: FloatArray
    ) -> tuple[float, dict[str, Any]]:
        r"""Return the mean squared error and its gradients, derived by hand.

        With residuals :math:`r = Xw + b - y` over n rows,

        .. math::

            L &= \frac{1}{n}\, r^\top r \\
            \nabla_w L &= \frac{2}{n}\, X^\top r \\
            \frac{\partial L}{\partial b} &= \frac{2}{n} \sum_i r_i

        Parameters
        ----------
        loss : callable
            Must be `mean_squared_error`, the loss these gradients belong to.
        inputs : ndarray of shape (n, in_features)
        targets : ndarray of shape (n,)

        Returns
        -------
        loss : float
        gradients : dict of str to ndarray
            With the keys and shapes of `params`.

        Raises
        ------
        ValueError
            If `loss` is another function.

        References
        ----------
        Equations :eq:`boston-mse` and :eq:`boston-gradient` of chapter 12.

        Examples
        --------
        >>> model = LinearModel(1)
        >>> model.loss_and_gradients(
        ...     mean_squared_error, np.array([[1.0], [2.0]]), np.array([1.0, 3.0])
        ... )
        (5.0, {'weights': array([-7.]), 'intercept': np.float64(-4.0)})
        """
        if loss is not mean_squared_error:
            raise ValueError(
                f"these gradients are derived for mean_squared_error, not for {loss!r}"
            )
        params = self.params
        # On ten rows `a.dot(b)` and `np.add.reduce(r)` are quicker than `a @ b` and `r.sum()`.
        r = inputs.dot(params["weights"])
        r += params["intercept"]
        r -= targets
        n = len(r)
        value = float(r.dot(r)) / n
        r *= 2.0 / n
        return value, {"weights": r.dot(inputs), "intercept": np.add.reduce(r)}


class LinearRegression:
    r"""Ordinary least squares: the weights with the smallest mean squared error.

    .. math:: \min_{w,\,b}\ \frac{1}{n} \sum_{i=1}^n \left(x_i^\top w + b - y_i\right)^2

    Parameters
    ----------
    solver : {"normal_equations", "gradient_descent", "sgd"}
        ``"normal_equations"`` solves :math:`A^\top A\,\theta = A^\top y` with
        :math:`A = [X, 1]` exactly (through `numpy.linalg.lstsq`, which needs no
        :math:`A^\top A` and copes with redundant columns). The other two walk there:
        with all rows for each step, or with a mini-batch.
    learning_rate : float or callable
        Rate, or schedule of rates, of the two walking solvers.
    epochs : int
        How often they see every row.
    batch_size : int
        Rows of a mini-batch, for ``"sgd"``.
    rng : numpy.random.Generator, int or None
        Shuffles the rows for ``"sgd"``. An int is a seed.
    progress : bool
        Show a progress bar.

    Attributes
    ----------
    weights_ : ndarray of shape (n_features,)
        In units of the target per unit of the feature.
    intercept_ : float
        The prediction where all features are 0, in units of the target.
    history_ : History or None
        The losses on the way; None for the exact solver.

    References
    ----------
    Equation :eq:`boston-normal` of chapter 12.

    T. Hastie, R. Tibshirani and J. Friedman, *The Elements of Statistical Learning*,
    2nd ed., Springer, 2009, section 3.2.

    Examples
    --------
    >>> x = np.array([[0.0], [1.0], [2.0]])
    >>> model = LinearRegression().fit(x, [1.0, 3.0, 5.0])
    >>> model.weights_.round(6), round(model.intercept_, 6)
    (array([2.]), 1.0)
    >>> model.predict([[10.0]]).round(6)
    array([21.])
    """

    weights_: NDArray[Any]
    intercept_: float
    history_: History | None

    def __init__(
        self,
        solver: Solver = "normal_equations",
        *,
        learning_rate: LearningRate = 0.01,
        epochs: int = 100,
        batch_size: int = 10,
        rng: np.random.Generator | int | None = None,
        progress: bool = False,
    ) -> None:
        self.solver = solver
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.rng = rng
        self.progress = progress

    def fit(self, x: ArrayLike, y: ArrayLike) -> Self:
        """Find the weights.

        Parameters
        ----------
        x : array_like of shape (n_samples, n_features)
            Finite numbers. The walking solvers want columns of similar scale.
        y : array_like of shape (n_samples,)
            The targets.

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            If `x` or `y` is not usable, or the solver unknown. Nothing has changed.
        DivergenceError
            If the learning rate is too high for the scale of the columns.
        """
        if self.solver not in _SOLVERS:
            raise ValueError(f"solver must be one of {_SOLVERS}, got {self.solver!r}")
        inputs = as_table(x, "x")
        targets = as_column(y, "y", rows=len(inputs)).astype(inputs.dtype)
        if self.solver == "normal_equations":
            weights, intercept = _least_squares(inputs, targets)
            history = None
        else:
            sgd = self.solver == "sgd"
            model = LinearModel(inputs.shape[1], inputs.dtype)
            history = fit(
                model,
                mean_squared_error,
                (inputs, targets),
                SGD(self.learning_rate),
                self.epochs,
                self.batch_size if sgd else None,
                rng=as_generator(self.rng) if sgd else None,
                progress=self.progress,
            )
            weights, intercept = model.params["weights"], float(model.params["intercept"])
        self.weights_, self.intercept_, self.history_ = weights, intercept, history
        return self

    def predict(self, x: ArrayLike) -> FloatArray:
        """Return the predictions ``x @ weights_ + intercept_``.

        Parameters
        ----------
        x : array_like of shape (n_samples, n_features)
            As many columns as in `fit`.

        Returns
        -------
        ndarray of shape (n_samples,)
            In units of the target.

        Raises
        ------
        RuntimeError
            If `fit` has not been called.
        ValueError, TypeError
            If `x` is not a table of finite numbers with the columns of `fit`.
        """
        if not hasattr(self, "weights_"):
            raise RuntimeError("this LinearRegression has no weights yet; call fit(x, y) first")
        predictions: FloatArray = (
            as_table(x, "x", columns=len(self.weights_)) @ self.weights_ + self.intercept_
        )
        return predictions

    def score(self, x: ArrayLike, y: ArrayLike) -> float:
        r"""Return R², the share of the variance of `y` that the predictions explain.

        .. math:: R^2 = 1 - \frac{\sum_i (y_i - \hat{y}_i)^2}{\sum_i (y_i - \bar{y})^2}

        Parameters
        ----------
        x : array_like of shape (n_samples, n_features)
        y : array_like of shape (n_samples,)
            Not all equal.

        Returns
        -------
        float
            1 for perfect predictions, 0 for those as good as the mean, below 0 for
            worse.

        Raises
        ------
        RuntimeError
            If `fit` has not been called.
        ValueError, TypeError
            If `x` or `y` is not usable, or all targets are equal.
        """
        predictions = self.predict(x)
        targets = as_column(y, "y", rows=len(predictions))
        spread = float(np.mean((targets - targets.mean()) ** 2))
        if np.ptp(targets) == 0:
            raise ValueError("R² is not defined for targets that are all equal")
        return 1.0 - float(mean_squared_error(predictions, targets)) / spread

    def __repr__(self) -> str:
        learned = f"{len(self.weights_)} weights" if hasattr(self, "weights_") else "not fitted"
        return f"<LinearRegression by {self.solver}: {learned}>"


def _least_squares(x: FloatArray, y: FloatArray) -> tuple[NDArray[Any], float]:
    """Return weights and intercept of the exact answer."""
    # Centered columns leave the intercept out of the problem and make it better
    # conditioned; it is what the line through the means then needs.
    x_mean, y_mean = x.mean(axis=0), y.mean()
    weights = np.linalg.lstsq(x - x_mean, y - y_mean, rcond=None)[0]
    return weights, float(y_mean - x_mean @ weights)
