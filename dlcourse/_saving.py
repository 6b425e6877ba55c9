"""Files to keep a model in, or a whole training: written whole or not at all.

A file is a ``.npz`` archive of plain arrays, without pickled objects, that NumPy can read too.
`save_params` keeps named arrays; `save_checkpoint` keeps everything that a training needs to
go on as if it had not been interrupted. Reading changes nothing unless all of it fits.
"""

import copy
import json
import os
import secrets
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from dlcourse.autodiff import Tensor, Variable
from dlcourse.optimizers import Optimizer
from dlcourse.optimizers._checks import at_least_0

_SPARE = 1_000_000  # bytes that a file may hold beyond what there is room for: headers, for one

Arrays = dict[str, NDArray[Any]]


def save_params(path: str | os.PathLike[str], params: Mapping[str, Any]) -> None:
    """Write parameters to an ``.npz`` file, whole or not at all.

    The file holds plain arrays (never pickled objects). It is written under a
    temporary name and then renamed, so an interrupted save leaves the old file as
    it was. The same parameters give the same bytes.

    Parameters
    ----------
    path : str or path-like
        Where to write; an existing file is replaced, and keeps its permissions. Must end in
        ``.npz``.
    params : dict of str to array or float
        Name and value of each parameter; any numeric or boolean dtype. ``model.state`` is
        all of a model.

    Raises
    ------
    ValueError
        If there are no parameters, a name is empty or holds a null, or the ending is another.
    TypeError
        If a value is not made of numbers.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "model.npz")
    >>> save_params(path, {"weights": np.array([1.0, 2.0]), "intercept": 0.5})
    >>> load_params(path)
    {'weights': array([1., 2.]), 'intercept': array(0.5)}
    """
    if not params:
        raise ValueError("params is empty: there is nothing to save")
    arrays: Arrays = {}
    for name, value in params.items():
        if np.ma.is_masked(value):
            raise ValueError(f"params[{name!r}] has masked entries, which a file does not keep")
        array = np.asarray(value.value if isinstance(value, Tensor) else value)
        if not isinstance(name, str) or not name:
            raise ValueError(f"a parameter needs a name that is a non-empty string, got {name!r}")
        if "\0" in name:
            raise ValueError(f"the name {name!r} holds a null character, where a file would end it")
        if array.dtype.kind not in "fiub":
            raise TypeError(f"params[{name!r}] must be made of numbers, got dtype {array.dtype}")
        # One order of entries and bytes, however the array lies in memory.
        arrays[name] = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    _write(Path(path), arrays)


def load_params(path: str | os.PathLike[str], into: Mapping[str, Any] | None = None) -> Arrays:
    """Read parameters that `save_params` wrote.

    Parameters
    ----------
    path : str or path-like
        The ``.npz`` file.
    into : dict of str to Variable or ndarray, optional
        What is to be read into: ``model.state``, or ``model.params`` if only those were saved.
        Names, shapes and dtypes in the file must be exactly theirs; then the values are
        copied into them.

    Returns
    -------
    dict of str to ndarray
        The arrays of the file, in the order they were written.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, holds pickled objects, or does not fit `into`. The
        message names the file and what is wrong; `into` has not been touched.
    TypeError
        If something in `into` is neither a Variable nor an array.

    Examples
    --------
    See `save_params`.
    """
    if into is not None and not isinstance(into, Mapping):
        raise TypeError(f"into must be a dict, such as model.state, got {type(into).__name__}")
    arrays = _read(Path(path), into)
    if into is not None:
        _copy_into(into, arrays)
    return arrays


# --- everything that a training needs ---------------------------------------------------


def save_checkpoint(
    path: str | os.PathLike[str],
    model: Any,
    optimizer: Optimizer,
    *,
    rng: np.random.Generator | None = None,
    history: Any = None,
) -> None:
    """Write all that a training needs to go on later, in one file, whole or not at all.

    Parameters
    ----------
    path : str or path-like
        Where to write, as for `save_params`.
    model : Model
        Its parameters, buffers and random generators are kept.
    optimizer : Optimizer
        What it remembers is kept, the number of its updates and, if it is a number, its
        learning rate.
    rng : numpy.random.Generator, optional
        The generator that shuffles, if you gave one to `fit`.
    history : History, optional
        The record so far.

    Raises
    ------
    ValueError, TypeError
        As for `save_params`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from dlcourse.layers import Dense
    >>> from dlcourse.optimizers import Adam
    >>> path = pathlib.Path(tempfile.mkdtemp(), "training.npz")
    >>> save_checkpoint(path, Dense(3, 2), Adam(0.01))
    >>> load_checkpoint(path, Dense(3, 2), Adam(0.02))
    """
    contents: dict[str, Any] = {}
    for key, thing in _state_of(model).items():
        contents[f"model/{key}"] = thing
    for key, generator in _generators_of(model, rng).items():
        contents[f"generator/{key}"] = _as_bytes(generator.bit_generator.state)
    state = optimizer.state_dict()
    contents["optimizer/kind"] = _as_bytes(type(optimizer).__name__)
    contents["optimizer/iterations"] = state.pop("iterations")
    if not callable(optimizer.learning_rate):
        contents["optimizer/learning_rate"] = optimizer.learning_rate
    for name, parts in state.items():
        for key, part in parts.items():
            contents[f"optimizer/state/{name}/{key}"] = part
    if history is not None:
        for name, losses in vars(history).items():
            contents[f"history/{name}"] = np.array(losses, dtype=np.float64)
    save_params(path, contents)


def load_checkpoint(
    path: str | os.PathLike[str],
    model: Any,
    optimizer: Optimizer,
    *,
    rng: np.random.Generator | None = None,
    history: Any = None,
) -> None:
    """Put back what `save_checkpoint` kept: the next `fit` goes on as if nothing had happened.

    Parameters
    ----------
    path : str or path-like
        The file.
    model : Model
        Made as the one that was saved.
    optimizer : Optimizer
        Of the same class.
    rng : numpy.random.Generator, optional
        Gets the state of the one that was saved.
    history : History, optional
        Gets the record that was saved, for ``fit(..., history=history)``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError, TypeError
        If the file is damaged, or does not fit what is given. Nothing has changed.

    Examples
    --------
    See `save_checkpoint`.
    """
    source = Path(path)
    into, generators = _state_of(model), _generators_of(model, rng)
    _check_kinds(source, into, optimizer)
    parts = _in_rooms(source, _read(source))
    _check_names(source, "random generators", parts["generator"], generators)
    states = {
        key: _generator_state(source, key, parts["generator"][key], generator)
        for key, generator in generators.items()
    }
    state, rate = _optimizer_state(source, parts["optimizer"], optimizer)
    if history is not None:
        _check_names(source, "parts of a history", parts["history"], vars(history))
        for name, losses in parts["history"].items():
            if losses.ndim != 1 or losses.dtype.kind != "f":
                raise ValueError(f"{source}: the {name} there are no list of numbers")
    optimizer.load_state_dict(state)  # refuses before it changes; what follows can't fail
    if rate is not None:
        optimizer.learning_rate = rate
    _copy_into(into, parts["model"])
    for key, generator in generators.items():
        generator.bit_generator.state = states[key]
    if history is not None:
        for name, losses in parts["history"].items():
            getattr(history, name)[:] = losses.tolist()


def _in_rooms(source: Path, arrays: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the contents of a checkpoint by the first parts of their names."""
    parts: dict[str, dict[str, Any]] = {
        "model": {}, "generator": {}, "optimizer": {}, "history": {}
    }  # fmt: skip
    for name, array in arrays.items():
        room, _, key = name.partition("/")
        if room not in parts:
            raise ValueError(f"{source} is no checkpoint: it holds {name!r}; see load_params")
        parts[room][key] = array
    return parts


def _check_kinds(source: Path, into: Mapping[str, Any], optimizer: Optimizer) -> None:
    """Compare shapes and dtypes with what is there, before the arrays are read."""
    with source.open("rb") as file:
        try:
            kinds = _kinds(file)
        except Exception as error:
            raise _damaged(source, error) from None
    parts = _in_rooms(source, kinds)
    _check_fit(source, parts["model"], into)
    for key, (shape, _) in parts["optimizer"].items():
        if key.startswith("state/"):
            name, _, parameter = key.removeprefix("state/").partition("/")
            if parameter not in into or shape != into[parameter].shape:
                raise ValueError(
                    f"{source} does not fit this model: the {name} of {parameter!r} there has "
                    f"shape {shape}"
                )


def _generator_state(source: Path, key: str, array: NDArray[Any], generator: Any) -> Any:
    """Return the state of a generator in a checkpoint, after trying it on a copy."""
    state, now = _from_bytes(source, array), generator.bit_generator.state
    kind = now["bit_generator"]
    try:
        if state["bit_generator"] != kind:
            raise ValueError(f"it is of another kind than {kind}")
        state = _with_arrays(state, now)
        copy.deepcopy(generator).bit_generator.state = state
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise ValueError(f"{source}: the generator {key!r} there can't be used: {error}") from None
    return state


def _with_arrays(state: Any, like: Any) -> Any:
    """Return a state with arrays where another has them; a file holds lists."""
    if isinstance(like, dict):
        return {key: _with_arrays(state[key], part) for key, part in like.items()}
    return np.array(state, like.dtype) if isinstance(like, np.ndarray) else state


def _state_of(model: Any) -> dict[str, Any]:
    return {**model.params, **getattr(model, "buffers", {})}


def _generators_of(model: Any, rng: Any) -> dict[str, np.random.Generator]:
    own = {f"model/{key}": g for key, g in getattr(model, "generators", {}).items()}
    return own if rng is None else {**own, "rng": rng}


def _optimizer_state(
    source: Path, arrays: Arrays, optimizer: Optimizer
) -> tuple[dict[str, Any], float | None]:
    """Return the state dict and the learning rate in a checkpoint."""
    kind = _from_bytes(source, arrays["kind"]) if "kind" in arrays else None
    if kind != type(optimizer).__name__ or "iterations" not in arrays:
        raise ValueError(f"{source} is of the optimizer {kind}, not of {type(optimizer).__name__}")
    names = [name for name in optimizer.state_dict() if name != "iterations"]
    state: dict[str, Any] = {name: {} for name in names}
    for key, array in arrays.items():
        if key.startswith("state/"):
            name, _, parameter = key.removeprefix("state/").partition("/")
            state.setdefault(name, {})[parameter] = array
    state["iterations"] = arrays["iterations"].item()
    if lacking := [name for name in names if not state[name] and state["iterations"]]:
        raise ValueError(f"{source} lacks the {lacking} of the optimizer")
    if "learning_rate" not in arrays or callable(optimizer.learning_rate):
        return state, None
    return state, at_least_0(arrays["learning_rate"], f"{source}: the learning rate there")


def _as_bytes(value: Any) -> NDArray[np.uint8]:
    text = json.dumps(value, sort_keys=True, default=lambda array: array.tolist())
    return np.frombuffer(text.encode(), np.uint8)


def _from_bytes(source: Path, array: NDArray[Any]) -> Any:
    try:
        return json.loads(array.astype(np.uint8).tobytes())
    except ValueError as error:
        raise ValueError(f"{source} is no checkpoint: {error}") from None


# --- files ------------------------------------------------------------------------------


def _write(target: Path, arrays: Arrays) -> None:
    if target.suffix != ".npz":
        raise ValueError(f"the file name must end in .npz, got {target.name!r}")
    target = target.resolve()  # what a symbolic link leads to, not the link
    # Not tempfile, whose files only their owner may read.
    temporary = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            with suppress(FileNotFoundError):
                temporary.chmod(target.stat().st_mode & 0o777)
            # Not np.savez: it takes names as keywords, so "file" could not be one.
            with zipfile.ZipFile(file, "w") as archive:
                for name, array in arrays.items():
                    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as f:
                        npy.write_array(f, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read(source: Path, into: Mapping[str, Any] | None = None) -> Arrays:
    """Return the arrays of a file, if they fit into what they are for."""
    with source.open("rb") as file:
        try:
            kinds = {} if into is None else _kinds_if_large(file, into)
        except Exception as error:  # zipfile and NumPy report damage in a dozen ways
            raise _damaged(source, error) from None
        if into is not None and kinds:
            _check_fit(source, kinds, into)
        try:
            arrays = _arrays(file)
        except Exception as error:
            raise _damaged(source, error) from None
    if into is not None:
        _check_fit(source, {name: (a.shape, a.dtype) for name, a in arrays.items()}, into)
    return arrays


def _damaged(source: Path, error: Exception) -> ValueError:
    if "pickle" in str(error) or "Object arrays" in str(error):
        return ValueError(
            f"{source} holds a pickled object, which could run code when it is loaded; "
            f"only plain arrays are read"
        )
    return ValueError(f"{source} is damaged or not an .npz file: {error}")


def _kinds_if_large(
    file: IO[bytes], into: Mapping[str, Any]
) -> dict[str, tuple[tuple[int, ...], Any]]:
    """Return shape and dtype of each array of a file that holds more than there is room for.

    They are read without the arrays: a small file may unpack to more than the memory holds.
    """
    room = sum(np.asarray(getattr(place, "value", place)).nbytes for place in into.values())
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    file.seek(0)
    return _kinds(file) if unpacked > room + _SPARE else {}


def _kinds(file: IO[bytes]) -> dict[str, tuple[tuple[int, ...], Any]]:
    """Return shape and dtype of each array of a file, without reading the arrays."""
    found = {}
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as member:
                is_short = npy.read_magic(member) == (1, 0)
                read = npy.read_array_header_1_0 if is_short else npy.read_array_header_2_0
                shape, _, dtype = read(member)
            found[entry.filename.removesuffix(".npy")] = shape, dtype
    file.seek(0)
    return found


def _arrays(file: IO[bytes]) -> Arrays:
    """Return the arrays of an ``.npz`` file, every byte of them checked against its checksum."""
    arrays: Arrays = {}
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as member:
                array = npy.read_array(member, allow_pickle=False)
                if member.read(1):  # the checksum is compared at the end, so go there
                    raise ValueError(f"{entry.filename} is longer than its header says")
            arrays[entry.filename.removesuffix(".npy")] = array
    return arrays


def _check_names(
    source: Path, what: str, found: Mapping[str, Any], into: Mapping[str, Any]
) -> None:
    missing, unknown = sorted(set(into) - set(found)), sorted(set(found) - set(into))
    if missing or unknown:
        raise ValueError(
            f"{source} does not fit this model: of {what} it lacks {missing} and holds {unknown}, "
            f"which the model does not have"
        )


def _check_fit(
    source: Path, found: Mapping[str, tuple[tuple[int, ...], Any]], into: Mapping[str, Any]
) -> None:
    """Refuse arrays that can't be copied into what is there."""
    for name, place in into.items():
        if not isinstance(place, Variable | np.ndarray):
            raise TypeError(
                f"into[{name!r}] must be a Variable or an array, to be written into, got "
                f"{type(place).__name__}"
            )
        if isinstance(place, np.ndarray) and not place.flags.writeable:
            raise ValueError(f"into[{name!r}] is read-only: nothing can be read into it")
    missing, unknown = sorted(set(into) - set(found)), sorted(set(found) - set(into))
    if missing or unknown:
        raise ValueError(
            f"{source} does not fit this model: it lacks {missing} and holds {unknown}, "
            f"which the model does not have"
        )
    for name, (shape, dtype) in found.items():
        if shape != into[name].shape or dtype != into[name].dtype:
            raise ValueError(
                f"{source} does not fit this model: {name!r} is {dtype} of shape "
                f"{shape} in the file, {into[name].dtype} of shape {into[name].shape} "
                f"in the model"
            )


def _copy_into(into: Mapping[str, Any], arrays: Arrays) -> None:
    for name, array in arrays.items():
        if isinstance(into[name], Variable):
            into[name].assign(array)
        else:
            into[name][...] = array
