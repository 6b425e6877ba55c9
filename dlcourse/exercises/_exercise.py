"""What an exercise is made of. To add one, make one of these in `chapter_NN.py`."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Exercise:
    """One exercise with a self-check.

    Parameters
    ----------
    number : str
        As in the chapter: ``"12.3"``.
    reference : callable
        The right answer: a function or a class. Readers are told its name, without a
        leading underscore, and its parameters.
    hints : tuple of three str
        From a nudge to nearly the answer; each says more than the one before.
    inputs : callable
        Given a seeded generator, yields the arguments of each trial as a tuple: a few
        small and readable ones first, then random ones and edge cases.
    mistakes : dict of str to callable, optional
        Typical wrong answers, each under the sentence that names it. Signs, factors,
        axes, shapes and the like need no entry: every exercise is searched for them.
    run : callable, optional
        ``run(answer, *inputs)`` gives what is compared, when that is more than
        ``answer(*inputs)``: it makes an object of a class, say, and takes three steps
        with it. `Steps` marks a list of things that come one after the other.
    judge : callable, optional
        ``judge(answer, *inputs)``, for questions with many right answers, in place of a
        comparison with `reference`: returns None if all is well, else a sentence.
    tolerance : float
        Largest relative error, measured against the largest entry of the right answer.
    seconds : float
        How long the answer may take, all trials together.

    Examples
    --------
    >>> import numpy as np
    >>> def _double(x):
    ...     return 2 * x
    >>> exercise = Exercise(
    ...     "99.1",
    ...     reference=_double,
    ...     hints=("What is x + x?", "Multiply.", "Multiply by two."),
    ...     inputs=lambda rng: [(3.0,), (rng.normal(size=4),)],
    ... )
    >>> exercise.asks_for
    'double(x)'
    """

    number: str
    reference: Callable[..., Any]
    hints: tuple[str, str, str]
    inputs: Callable[[np.random.Generator], Iterable[tuple[Any, ...]]]
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    run: Callable[..., Any] | None = None
    judge: Callable[..., str | None] | None = None
    tolerance: float = 1e-6
    seconds: float = 5.0

    @property
    def name(self) -> str:
        """What the reader's function or class is called."""
        return self.reference.__name__.lstrip("_")

    @property
    def asks_for(self) -> str:
        """The name with its parameters, as the reader would write it."""
        return f"{self.name}({', '.join(self.parameter_names)})"

    @property
    def parameter_names(self) -> list[str]:
        """The names of the parameters of the right answer."""
        return list(inspect.signature(self.reference).parameters)

    @property
    def is_plain_call(self) -> bool:
        """Whether a trial is one call of the answer with the inputs."""
        return self.run is None and self.judge is None

    def result_of(self, answer: Callable[..., Any], inputs: tuple[Any, ...]) -> Any:
        """Return what is compared.

        Parameters
        ----------
        answer : callable
        inputs : tuple

        Returns
        -------
        object
        """
        return answer(*inputs) if self.run is None else self.run(answer, *inputs)

    def trials(self) -> list[tuple[Any, ...]]:
        """Make the inputs anew: the same at each call.

        Returns
        -------
        list of tuple
        """
        return list(self.inputs(np.random.default_rng(int(self.number.replace(".", "0")))))


class Steps(list[Any]):
    """Results that come one after the other, such as the parameters after each update.

    If the first is right and a later one is not, the reader is told so: then something
    is forgotten, or changed, between two steps.

    Parameters
    ----------
    iterable : iterable, optional
        As for `list`.
    """
