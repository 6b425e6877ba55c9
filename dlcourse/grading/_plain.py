"""Plain data, and how it crosses between the grader and a student's process.

Numbers, strings, lists, tuples, dictionaries and arrays cross, as JSON and raw bytes: what
arrives is made anew on this side, so nothing of the other side's code comes along. Never
pickle, never a live object. Whoever reads trusts nothing: size, depth and types are checked
before anything is made of what came.

A message is a dictionary. On the way it is one frame: the length of a JSON header (four
bytes), the header, and behind it the raw bytes that the header names. The file needs nothing
but the standard library (and NumPy, once an array comes), since the student's process starts
with it alone.
"""

import json
import math
import os
import re
import select
import struct
import time
from collections.abc import Callable
from typing import Any

DEEPEST = 20  # lists within lists
LONGEST_HEADER = 8_000_000  # bytes
LARGEST_BLOB = 32_000_000  # bytes, of one array
MOST_BLOB_BYTES = 64_000_000  # of all arrays of one message
MOST_BITS = 4_096  # of an integer
_DTYPE = re.compile(r"[<|](b1|[iu][1248]|f[248]|c8|c16)")

# A container is a JSON list that begins with its kind; what is no list stands for itself.
_LIST, _TUPLE, _DICT, _ARRAY, _SCALAR, _COMPLEX, _BYTES, _FUNCTION = "ltdascbf"


class NotPlainError(TypeError):
    """A value is none of those that can cross."""


class BrokenMessageError(ValueError):
    """What came is not a message as both sides agreed on."""


# Values -----------------------------------------------------------------------------------


def encode(
    value: Any,
    blobs: list[bytes],
    function: Callable[[Any], int] | None = None,
    depth: int = 0,
    plainer: Callable[[Any], Any] | None = None,
) -> Any:
    """Return `value` as JSON can hold it, and append the raw bytes of arrays to `blobs`.

    `function` gives a number to each function, which the other side may then call; without
    it, a function can't cross. Types are taken exactly: an object that only claims to be a
    float stays where it is. But `plainer` may return something plain in its place.
    """
    if depth > DEEPEST:
        raise NotPlainError(f"lists within lists, more than {DEEPEST} deep")
    kind = type(value)
    if value is None or kind in (bool, float, str):
        return value
    if kind is int:
        if value.bit_length() > MOST_BITS:
            raise NotPlainError(f"an integer of more than {MOST_BITS} bits")
        return value
    if kind is complex:
        return [_COMPLEX, value.real, value.imag]
    if kind is bytes:
        blobs.append(value)
        return [_BYTES, len(blobs) - 1]
    if kind is list or kind is tuple:
        inner = [encode(entry, blobs, function, depth + 1, plainer) for entry in value]
        return [_LIST if kind is list else _TUPLE, *inner]
    if kind is dict:
        return [
            _DICT,
            *(
                [
                    encode(key, blobs, function, depth + 1, plainer),
                    encode(entry, blobs, function, depth + 1, plainer),
                ]
                for key, entry in value.items()
            ),
        ]
    try:
        return _encode_array_or_function(value, blobs, function)
    except NotPlainError:
        made = value if plainer is None else plainer(value)
        if made is value:
            raise
    return encode(made, blobs, function, depth + 1, plainer)


def _encode_array_or_function(
    value: Any, blobs: list[bytes], function: Callable[[Any], int] | None
) -> list[Any]:
    kind = type(value)
    if kind.__module__ == "numpy":
        import numpy as np

        if kind is np.ndarray or isinstance(value, np.generic):
            array = np.asarray(value, order="C")
            array = array.astype(array.dtype.newbyteorder("<"), copy=False)
            if not _DTYPE.fullmatch(array.dtype.str):
                raise NotPlainError(f"an array of dtype {array.dtype}")
            blobs.append(array.tobytes())
            if kind is np.ndarray:
                return [_ARRAY, len(blobs) - 1, array.dtype.str, list(array.shape)]
            return [_SCALAR, len(blobs) - 1, array.dtype.str]
    if function is not None and callable(value):
        return [_FUNCTION, function(value)]
    what = "a function" if callable(value) and not isinstance(value, type) else None
    raise NotPlainError(what or f"an object of class {kind.__name__[:60]!r}")


def decode(
    tree: Any, blobs: list[Any], function: Callable[[int], Any] | None = None, depth: int = 0
) -> Any:
    """Return the value that `encode` took apart; raise BrokenMessageError if there is none.

    Each of the `blobs` is taken out, so a value can't hold more than came.
    """
    if depth > DEEPEST + 1:
        raise BrokenMessageError("lists within lists, too deep")
    if type(tree) is int and tree.bit_length() > MOST_BITS:
        raise BrokenMessageError("an integer of too many bits")
    if not isinstance(tree, list | dict):
        return tree
    if isinstance(tree, dict) or not tree or not isinstance(tree[0], str):
        raise BrokenMessageError("a value without its kind")
    kind, *inner = tree
    if kind == _LIST:
        return [decode(entry, blobs, function, depth + 1) for entry in inner]
    if kind == _TUPLE:
        return tuple(decode(entry, blobs, function, depth + 1) for entry in inner)
    try:
        if kind == _DICT:
            return {
                decode(key, blobs, function, depth + 1): decode(entry, blobs, function, depth + 1)
                for key, entry in inner
            }
        if kind == _COMPLEX:
            return complex(*inner)
        if kind == _BYTES:
            return _taken(blobs, inner[0])
        if kind in (_ARRAY, _SCALAR):
            return _decode_array(kind, inner, blobs)
        if kind == _FUNCTION and function is not None:
            return function(_index(inner[0]))
    except BrokenMessageError:
        raise
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
        raise BrokenMessageError(f"a value that can't be read: {type(error).__name__}") from None
    raise BrokenMessageError(f"a value of unknown kind {kind[:20]!r}")


def _index(number: Any) -> int:
    if type(number) is not int or number < 0:
        raise BrokenMessageError("a number that is no place")
    return number


def _taken(blobs: list[Any], place: Any) -> bytes:
    """Return a blob, and leave nothing in its place: a message that names it twice is forged."""
    blob, blobs[place] = blobs[_index(place)], None
    if blob is None:
        raise BrokenMessageError("the same bytes twice")
    return bytes(blob)


def _decode_array(kind: str, inner: list[Any], blobs: list[Any]) -> Any:
    import numpy as np

    place, dtype, *rest = inner
    if not isinstance(dtype, str) or not _DTYPE.fullmatch(dtype):
        raise BrokenMessageError("an array of a dtype that can't cross")
    flat = np.frombuffer(_taken(blobs, place), dtype=dtype)
    native = flat.astype(flat.dtype.newbyteorder("="))  # a copy, which can be written to
    if native.dtype == bool:
        native = native.view(np.uint8) != 0  # any other byte would be neither True nor False
    if kind == _SCALAR:
        return native.reshape(())[()]
    shape = [_index(n) for n in rest[0]]
    # Without entries an array may have any length, and its sum along one axis would be huge.
    if math.prod(n for n in shape if n) * native.itemsize > LARGEST_BLOB:
        raise BrokenMessageError("an array that is too long")
    return native.reshape(shape)


# Messages ---------------------------------------------------------------------------------


class Channel:
    """Messages over two pipes, each way with a deadline if it is given one.

    Parameters
    ----------
    incoming, outgoing : int
        File descriptors.
    """

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        os.set_blocking(incoming, False)
        os.set_blocking(outgoing, False)

    def send(self, message: dict[str, Any], blobs: list[bytes], deadline: float | None) -> None:
        """Send one message; `deadline` is a time of `time.monotonic`."""
        sizes = [len(blob) for blob in blobs]
        if sum(sizes) > MOST_BLOB_BYTES or max(sizes, default=0) > LARGEST_BLOB:
            raise NotPlainError(f"arrays of {sum(sizes) // 1_000_000} MB")
        header = json.dumps({"message": message, "sizes": sizes}).encode()
        if len(header) > LONGEST_HEADER:
            raise NotPlainError("lists that are too long")
        # From here on the frame goes out whole or not at all.
        rest = memoryview(b"".join([struct.pack("<I", len(header)), header, *blobs]))
        while rest:
            self._wait([], [self._outgoing], deadline)
            try:
                rest = rest[os.write(self._outgoing, rest[:65_536]) :]
            except BlockingIOError:
                continue

    def receive(self, deadline: float | None) -> tuple[dict[str, Any], list[bytes]]:
        """Return the next message and its blobs. Raises EOFError where the pipe ends."""
        (length,) = struct.unpack("<I", self._read(4, deadline))
        if length > LONGEST_HEADER:
            raise BrokenMessageError(f"a header of {length} bytes")
        try:
            header = json.loads(self._read(length, deadline))
            message, sizes = header["message"], header["sizes"]
            sound = isinstance(message, dict) and all(
                type(size) is int and 0 <= size <= LARGEST_BLOB for size in sizes
            )
        except EOFError:
            raise
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise BrokenMessageError(f"no message: {type(error).__name__}") from None
        if not sound or sum(sizes) > MOST_BLOB_BYTES:
            raise BrokenMessageError("a message with blobs of wrong sizes")
        return message, [self._read(size, deadline) for size in sizes]

    def _read(self, count: int, deadline: float | None) -> bytes:
        parts: list[bytes] = []
        while count:
            self._wait([self._incoming], [], deadline)
            try:
                part = os.read(self._incoming, min(count, 65_536))
            except BlockingIOError:
                continue
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _wait(self, readable: list[int], writable: list[int], deadline: float | None) -> None:
        if deadline is None:
            select.select(readable, writable, [])
            return
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select(readable, writable, [], left)):
            raise TimeoutError
