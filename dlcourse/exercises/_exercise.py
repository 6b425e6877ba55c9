"""What an exercise is made of. To add one, make one of these in `chapter_NN.py`."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Case", "Exercise", "Steps", "case", "formula"]

# One wrong way, or several that deserve the same sentence.
Variants = Callable[..., Any] | tuple[Callable[..., Any], ...]


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
        small and readable ones first, then random ones and edge cases, which `case` names.
    mistakes : dict of str to callable or tuple of callable, optional
        Typical wrong answers, each under the sentence that names it. Signs, factors,
        axes, shapes and the like need no entry: every exercise is searched for them.
    run : callable, optional
        ``run(answer, *inputs)`` gives what is compared, when that is more than
        ``answer(*inputs)``: it makes an object of a class, say, and takes three steps
        with it. `Steps` marks a list of things that come one after the other. It hands
        the inputs on as they are, so that an answer that changes them is noticed, and
        copies only what the answer is asked to change.
    judge : callable, optional
        ``judge(answer, *inputs)``, for questions with many right answers, in place of a
        comparison with `reference`: returns None if all is well, else a sentence, or a
        sentence and an example.
    demands : tuple of callable, optional
        What the text asks for beyond the results, such as `no_loops`: each is called
        with the answer and returns an empty text, or what is to be said.
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
    mistakes: Mapping[str, Variants] = field(default_factory=dict)
    run: Callable[..., Any] | None = None
    judge: Callable[..., str | tuple[str, str] | None] | None = None
    demands: tuple[Callable[[Any], str], ...] = ()
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
    def input_names(self) -> list[str]:
        """The names of the inputs of a trial: the parameters of the answer, or of `run`."""
        called = self.run or self.judge
        return list(inspect.signature(called).parameters)[1:] if called else self.parameter_names

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

    def variants(self) -> list[tuple[str, Callable[..., Any]]]:
        """List each typical wrong answer with its sentence.

        Returns
        -------
        list of tuple
        """
        return [
            (sentence, variant)
            for sentence, these in self.mistakes.items()
            for variant in (these if isinstance(these, tuple) else (these,))
        ]

    def trials(self, seed: int = 0) -> list[tuple[Any, ...]]:
        """Make the inputs anew: the same at each call with the same seed.

        Parameters
        ----------
        seed : int
            Another one gives other random inputs; `check` takes 0.

        Returns
        -------
        list of tuple
        """
        own = int(self.number.replace(".", "0"))
        return list(self.inputs(np.random.default_rng([own, seed] if seed else own)))


class Steps(list[Any]):
    """Results that come one after the other, such as the parameters after each update.

    If the first is right and a later one is not, the reader is told so: then something
    is forgotten, or changed, between two steps.

    Parameters
    ----------
    iterable : iterable, optional
        As for `list`.
    """


class Case(tuple[Any, ...]):
    """The inputs of a trial that has a name."""

    name: str
    too_slow: str


def case(name: str, *inputs: Any, too_slow: str = "") -> Case:
    """Name a trial by what is particular about it.

    Parameters
    ----------
    name : str
        Ends the sentence "It is wrong only ...": ``"where count is 0"``. It must be true
        of the inputs, and may be given to several trials.
    *inputs : object
        The arguments of the trial.
    too_slow : str, optional
        For a large trial: what is said of an answer that is right in all trials before
        and does not return from this one, as "Does it visit a node for each path?".

    Returns
    -------
    Case
        A tuple of the inputs.

    Examples
    --------
    >>> case("where count is 0", 2.5, 0)
    (2.5, 0)
    """
    made = Case(inputs)
    made.name, made.too_slow = name, too_slow
    return made


def formula(text: str) -> Callable[..., Any]:
    """Make a function whose name is its own code, so that readers can see and copy it.

    Parameters
    ----------
    text : str
        A lambda, which may use `np`.

    Returns
    -------
    callable

    Examples
    --------
    >>> square = formula("lambda x: x * x")
    >>> square(3.0), square.__name__
    (9.0, 'lambda x: x * x')
    """
    function: Callable[..., Any] = eval(text, {"np": np})
    function.__name__ = function.__qualname__ = text
    return function
