"""Handwritten digits: 5,000 images that come with the package, and the full set on request."""

import gzip
import hashlib
import io
import math
import os
import struct
import zlib
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, url2pathname

import numpy as np
from numpy.typing import NDArray

from dlcourse.datasets._dataset import Dataset, read_packaged

#: Set this environment variable to take the full set from another address or a folder.
URL_VARIABLE = "DLCOURSE_MNIST_URL"
#: Set this one to keep it in another folder.
FOLDER_VARIABLE = "DLCOURSE_DATA_DIR"

_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
_SHA256 = "246e0c30eeea57c8d0037d3f38c8e00651ec204cc61b8022563e9aeeb9d756f4"
# The four files of the full set, as published: name and SHA-256.
_REGISTRY = {
    "train-images-idx3-ubyte.gz": (
        "sha256:440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    "train-labels-idx1-ubyte.gz": (
        "sha256:3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "sha256:8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "sha256:f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
    ),
}
# An IDX file starts with the type of its entries (8: unsigned bytes) and its dimensions.
_IMAGES, _LABELS = 0x0803, 0x0801
_SIDE = 28


def load_mnist(subset: bool = True) -> Dataset:
    """Load MNIST: gray images of handwritten digits, 28 by 28 pixels, and what they show.

    Parameters
    ----------
    subset : bool
        If true, the 5,000 images that come with the package: 500 of each digit, **in the
        order of the digits, so shuffle before splitting**. Else all 70,000: the 60,000
        training images, then the 10,000 test images, each in their published order.
        They are downloaded once (11.6 MB), checked and kept; this needs the package
        pooch, and 220 MB of memory.

    Returns
    -------
    Dataset
        ``data`` of shape (n, 784), float32, from 0 (background) to 1 (ink), row after row
        of the image: ``data[i].reshape(28, 28)`` is the image again. ``target`` of shape
        (n,), int64: the digit. Each call returns fresh arrays.

    Raises
    ------
    ImportError
        If the full set is asked for and pooch is not installed.
    OSError
        If the full set can't be fetched.
    ValueError
        If a file is not the one that was published, or ``DLCOURSE_MNIST_URL`` is neither an
        address nor a folder.

    Notes
    -----
    Two environment variables change where the full set comes from and where it is kept:
    ``DLCOURSE_MNIST_URL``, the address of a folder with the four published files, and
    ``DLCOURSE_DATA_DIR``, a folder of yours; by default the user's cache folder. The address
    may also be a folder of this computer, ``/home/me/mnist`` or ``file:///home/me/mnist``:
    then the files are read there, and neither a network nor pooch is needed.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to
    document recognition", *Proceedings of the IEEE* 86(11), 1998, 2278-2324.

    Examples
    --------
    >>> mnist = load_mnist()
    >>> mnist
    <Dataset: data (5000, 784), target (5000,)>
    >>> mnist.data.dtype, float(mnist.data.max()), int(mnist.target[-1])
    (dtype('float32'), 1.0, 9)
    """
    images, labels = _read_subset() if subset else _read_full()
    card = files("dlcourse.datasets") / "data" / "mnist.md"
    pixels = range(_SIDE)
    return Dataset(
        data=images.reshape(len(images), -1) / np.float32(255),
        target=labels.astype(np.int64),
        feature_names=tuple(f"pixel[{row},{column}]" for row in pixels for column in pixels),
        description=card.read_text(encoding="utf-8"),
        feature_descriptions={},
    )


def _read_subset() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    with np.load(io.BytesIO(read_packaged("mnist_5k.npz", _SHA256)), allow_pickle=False) as arrays:
        return arrays["images"], arrays["labels"]


def _read_full() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    source = os.environ.get(URL_VARIABLE, "").strip() or _URL
    folder = _local_folder(source)
    if folder is None:
        paths = [_fetch(name, source.rstrip("/") + "/") for name in _REGISTRY]
    else:
        paths = [_checked(folder / name) for name in _REGISTRY]
    train_images, train_labels, test_images, test_labels = paths
    train = _read_pair(train_images, train_labels)
    test = _read_pair(test_images, test_labels)
    return np.concatenate([train[0], test[0]]), np.concatenate([train[1], test[1]])


def _local_folder(source: str) -> Path | None:
    """Return the folder of this computer that is meant, or None for an address of the web."""
    try:
        address = urlsplit(source)
    except ValueError as error:  # brackets that don't match
        raise ValueError(f"{URL_VARIABLE} is {source!r}, which is no address: {error}") from None
    if address.scheme in ("http", "https"):
        if not address.netloc:
            raise ValueError(
                f"{URL_VARIABLE} is {source!r}, an address without a host; write "
                f"{address.scheme}://host/folder"
            )
        return None
    if address.scheme == "file":
        path = url2pathname(address.path)
        if address.netloc not in ("", "localhost"):
            raise ValueError(
                f"{URL_VARIABLE} is {source!r}, which asks for the files of a computer named "
                f"{address.netloc!r}; for a folder of this one write three slashes: "
                f"file:///{address.netloc}{path}"
            )
        folder = Path(path)
    else:
        folder = Path(source).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists():
        raise NotADirectoryError(
            f"{URL_VARIABLE} is {source!r}, which is a file; name the folder it is in"
        )
    if "://" in source and address.scheme != "file":
        raise ValueError(
            f"{URL_VARIABLE} is {source!r}, and files can't be fetched by {address.scheme}; "
            "give an address that begins with https:// or http://, or a folder"
        )
    web = "" if address.scheme == "file" else f" For an address of the web write https://{source}."
    raise FileNotFoundError(
        f"{URL_VARIABLE} is {source!r}, and there is no such folder.{web} For a folder, make it "
        f"and put the four files {', '.join(_REGISTRY)} there"
    )


def _checked(path: Path) -> Path:
    """Return the path of a file in a local folder, after checking that it is as published."""
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"{path.parent}, which {URL_VARIABLE} names, has no file {path.name}; put the four "
            f"files {', '.join(_REGISTRY)} there, compressed as they were published"
        ) from None
    except OSError as error:
        raise OSError(f"could not read {path}, in the folder of {URL_VARIABLE}: {error}") from error
    if f"sha256:{found}" != _REGISTRY[path.name]:
        raise ValueError(
            f"{path} is not the published file: its hash is wrong. Copy it there again, or set "
            f"{URL_VARIABLE} to another folder or address that has the four files of MNIST"
        )
    return path


def _fetch(name: str, source: str) -> Path:
    """Return the path of a published file, after downloading it if it isn't there yet."""
    try:
        import pooch
    except ImportError as error:
        raise ImportError(
            "load_mnist(subset=False) downloads with the package pooch, which is not "
            "installed: python -m pip install pooch. load_mnist() needs nothing: its 5,000 "
            "images come with dlcourse"
        ) from error

    cache = pooch.create(
        path=pooch.os_cache("dlcourse") / "mnist",
        env=FOLDER_VARIABLE,
        base_url=source,
        registry=_REGISTRY,
    )
    # pooch downloads beside the final name and moves the file there once its hash is
    # right, so that an interrupted download leaves nothing behind. What is there already
    # is hashed too, and fetched anew when it was damaged.
    try:
        return Path(cache.fetch(name, downloader=pooch.HTTPDownloader(timeout=30)))
    except (OSError, ValueError) as error:
        # A proxy or a host that can't be is a ValueError too, as a wrong hash is.
        if "does not match the known hash" in str(error):
            raise ValueError(
                f"{source}{name} is not the published file: its hash is wrong. Nothing was kept. "
                f"Try again in case the download was cut short, or set {URL_VARIABLE} to another "
                f"address that has the four files of MNIST"
            ) from error
        proxy = (
            " A proxy is set (in HTTP_PROXY, HTTPS_PROXY or the system's settings): see whether "
            "it is right, or list the host in NO_PROXY."
        )
        raise OSError(
            f"could not get {name} from {source} into {cache.abspath} ({error})."
            f"{proxy if getproxies() else ''} Without a "
            f"network, load_mnist() gives the 5,000 images that come with dlcourse. For all "
            f"70,000, set {URL_VARIABLE} to an address that can be reached, or put the four "
            f"files {', '.join(_REGISTRY)} into that folder by hand"
        ) from error


def _read_pair(images: Path, labels: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read the images and the labels that belong together."""
    x, y = _read_idx(images, _IMAGES), _read_idx(labels, _LABELS)
    if x.shape[1:] != (_SIDE, _SIDE):
        raise ValueError(f"{images} holds images of {x.shape[1:]} pixels, expected (28, 28)")
    if len(x) != len(y):
        raise ValueError(f"{images} holds {len(x)} images, but {labels} {len(y)} labels")
    if y.max(initial=0) > 9:
        raise ValueError(f"{labels} holds the label {y.max()}, expected digits from 0 to 9")
    return x, y


def _read_idx(path: Path, magic: int) -> NDArray[np.uint8]:
    """Read an IDX file: a magic number, the size of each dimension, then the bytes.

    All numbers are 32 bits, the most significant byte first; the last byte of the magic
    number is the number of dimensions.
    """
    remedy = "delete it and call load_mnist(subset=False) again"
    try:
        with gzip.open(path) as file:
            content = file.read()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is cut short or no gzip file ({error}); {remedy}") from error
    dimensions = magic & 0xFF
    start = 4 * (1 + dimensions)
    if len(content) < start:
        raise ValueError(f"{path} ends within its header; {remedy}")
    found, *shape = struct.unpack_from(f">{1 + dimensions}I", content)
    if found != magic:
        raise ValueError(f"{path} starts with {found:#010x}, expected {magic:#010x}; {remedy}")
    if len(content) - start != math.prod(shape):
        raise ValueError(
            f"{path} announces {' x '.join(map(str, shape))} bytes and holds "
            f"{len(content) - start}; {remedy}"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
