"""The metrics count what scikit-learn counts, and refuse what is no list of classes."""

import dataclasses
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn import metrics as sklearn
from sklearn.exceptions import UndefinedMetricWarning

from dlcourse.metrics import accuracy, classification_report, confusion_matrix

CLASSES = st.integers(0, 5)
PAIRS = st.lists(st.tuples(CLASSES, CLASSES), min_size=1, max_size=40).map(
    lambda pairs: tuple(np.array(pairs).T)
)
MEASURES = accuracy, confusion_matrix, classification_report
every_measure = pytest.mark.parametrize("measure", MEASURES, ids=lambda f: f.__name__)

# What scikit-learn says -------------------------------------------------------------------


def sklearn_report(pair, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)  # it says where it takes 0
        return sklearn.precision_recall_fscore_support(*pair, **options)


@given(PAIRS)
def test_accuracy_is_that_of_scikit_learn(pair):
    assert accuracy(*pair) == sklearn.accuracy_score(*pair)


@given(PAIRS, st.integers(6, 8))
def test_the_confusion_matrix_is_that_of_scikit_learn(pair, n):
    expected = sklearn.confusion_matrix(*pair, labels=range(n))
    np.testing.assert_array_equal(confusion_matrix(*pair, n_classes=n), expected)


@given(PAIRS)
def test_a_report_is_that_of_scikit_learn(pair):
    report = classification_report(*pair)
    expected = sklearn_report(pair, labels=range(max(map(max, pair)) + 1))
    for ours, theirs in zip(
        (report.precision, report.recall, report.f1, report.support), expected, strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-15)
    macro = report.macro_precision, report.macro_recall, report.macro_f1
    # By default it, too, leaves out classes that neither occur nor were predicted.
    np.testing.assert_allclose(macro, sklearn_report(pair, average="macro")[:3], rtol=1e-12)
    assert report.accuracy == sklearn.accuracy_score(*pair)


# What counts ------------------------------------------------------------------------------


@given(PAIRS)
def test_rows_are_true_classes_and_columns_are_predicted_ones(pair):
    labels, predicted = pair
    matrix = confusion_matrix(labels, predicted)
    n = len(matrix)
    assert matrix.shape == (n, n)
    np.testing.assert_array_equal(matrix.sum(axis=1), np.bincount(labels, minlength=n))
    np.testing.assert_array_equal(matrix.sum(axis=0), np.bincount(predicted, minlength=n))
    assert np.trace(matrix) == np.count_nonzero(labels == predicted)


@given(PAIRS)
def test_to_exchange_labels_and_predictions_exchanges_precision_and_recall(pair):
    one, other = classification_report(*pair), classification_report(*pair[::-1])
    np.testing.assert_array_equal(one.precision, other.recall)
    np.testing.assert_array_equal(one.f1, other.f1)
    np.testing.assert_array_equal(confusion_matrix(*pair), confusion_matrix(*pair[::-1]).T)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_samples_does_not_matter(pair, random):
    order = list(range(len(pair[0])))
    random.shuffle(order)
    labels, predicted = (classes[order] for classes in pair)
    np.testing.assert_array_equal(confusion_matrix(labels, predicted), confusion_matrix(*pair))
    assert repr(classification_report(labels, predicted)) == repr(classification_report(*pair))


@given(st.lists(CLASSES, min_size=1))
def test_a_perfect_classifier_has_ones_everywhere(labels):
    report = classification_report(labels, labels)
    assert accuracy(labels, labels) == report.accuracy == report.macro_f1 == 1
    occurs = report.support > 0
    np.testing.assert_array_equal(report.precision, occurs)


def test_a_class_that_was_never_predicted_has_precision_0():
    report = classification_report([0, 0, 1], [0, 0, 0])
    assert report.precision.tolist() == [2 / 3, 0]
    assert report.recall.tolist() == [1, 0]
    assert report.f1.tolist() == [0.8, 0]
    assert report.macro_precision == 1 / 3


def test_a_class_that_neither_occurs_nor_is_predicted_counts_in_no_mean():
    report = classification_report([0, 2], [0, 2], names=["a", "b", "c"])
    assert report.recall.tolist() == [1, 0, 1]
    assert report.macro_recall == 1


# What may be passed -----------------------------------------------------------------------

SCORES = arrays.arrays(
    np.float64,
    arrays.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6),
    elements=st.floats(-3, 3),
)


@given(SCORES)
def test_of_scores_the_largest_counts_and_of_several_the_first(scores):
    expected = [list(row).index(max(row)) for row in scores]
    labels = np.zeros(len(scores), int)
    n = scores.shape[1]
    np.testing.assert_array_equal(
        confusion_matrix(labels, scores), confusion_matrix(labels, expected, n)
    )
    assert accuracy(expected, scores) == 1


def test_scores_have_a_row_and_a_column_for_classes_that_do_not_occur():
    assert confusion_matrix([0], [[3.0, 2.0, 1.0]]).shape == (3, 3)
    assert classification_report([0], [[3.0, 2.0, 1.0]]).names == ("0", "1", "2")


def test_an_infinite_score_is_a_score():
    assert accuracy([0, 1], [[0.0, -np.inf], [0.0, np.inf]]) == 1


@pytest.mark.parametrize(
    "as_given",
    [
        list, tuple, np.array, np.float32, np.uint8, np.float16,
        lambda classes: SimpleNamespace(value=np.array(classes)),  # a Tensor has a value
    ],
    ids=["list", "tuple", "int64", "float32", "uint8", "float16", "tensor"],
)  # fmt: skip
@every_measure
def test_whole_numbers_may_come_in_any_form(as_given, measure):
    labels, predicted = [0, 1, 2, 1], [0, 2, 2, 1]
    expected = measure(labels, predicted)
    assert repr(measure(as_given(labels), as_given(predicted))) == repr(expected)


def test_tensors_are_taken_by_their_values():
    autodiff = pytest.importorskip("dlcourse.autodiff")
    w = autodiff.Variable(np.array([[1.0, 2.0], [2.0, 1.0]]))
    with autodiff.GradientTape():
        logits = w * 3.0
        assert accuracy([1, 0], logits) == 1
    assert accuracy([1, 0], w) == 1


def test_yes_and_no_are_the_classes_1_and_0():
    probability = np.array([0.2, 0.7, 0.6])
    assert accuracy([0, 1, 0], probability > 0.5) == 2 / 3
    assert accuracy(np.array([False, True, False]), [0, 1, 1]) == 2 / 3


@every_measure
def test_what_is_passed_is_not_changed(measure):
    labels, scores = np.array([0, 1]), np.array([[0.2, 0.8], [0.1, 0.9]])
    before = labels.copy(), scores.copy()
    measure(labels, scores)
    np.testing.assert_array_equal(labels, before[0])
    np.testing.assert_array_equal(scores, before[1])


# What is refused --------------------------------------------------------------------------


@every_measure
@pytest.mark.parametrize(
    ("labels", "predicted", "error", "says"),
    [
        ([0, 1], [0], ValueError, "there are 2 labels and 1 predictions"),
        ([0, 1], [[0.1, 0.9]], ValueError, "2 labels and 1 predictions"),
        ([], [], ValueError, "labels and predicted are empty"),
        ([0, -1], [0, 1], ValueError, "labels must hold whole numbers from 0, got -1 at index 1"),
        ([0, 1], [0, -1], ValueError, "predicted must hold whole numbers from 0, got -1"),
        ([0, 1.5], [0, 1], ValueError, "got 1.5 at index 1"),
        ([0, np.nan], [0, 1], ValueError, "got nan at index 1"),
        ([0, 1e300], [0, 1], ValueError, "whole numbers"),
        ([0, 1], [0.2, 0.9], ValueError, "predicted > 0.5"),
        ([[1, 0], [0, 1]], [0, 1], ValueError, "np.argmax(labels, axis=1)"),
        ([[1], [0]], [0, 1], ValueError, "pass labels[:, 0]"),
        ([1, 0], [[0.3], [0.8]], ValueError, "predicted[:, 0] > 0.5"),
        ([1, 0], [[0.3, np.nan], [0.2, 0.8]], ValueError, "nan, first in row 0"),
        ([0, 2], [[0.3, 0.7], [0.2, 0.8]], ValueError, "labels has class 2 at index 1"),
        (0, 0, ValueError, "labels must hold one class a sample, got shape ()"),
        ([0], np.zeros((1, 2, 2)), ValueError, "predicted must hold one class a sample"),
        ([[0, 1], [2]], [0, 1], ValueError, "not a regular array"),
        (["cat", "dog"], [0, 1], TypeError, "np.unique(labels, return_inverse=True)"),
        ([0, 1], [None, 1], TypeError, "predicted must hold the numbers of classes"),
        ([0, 1], [1j, 0], TypeError, "complex128"),
    ],
)
def test_what_is_no_list_of_classes_is_refused_with_a_reason(
    measure, labels, predicted, error, says
):
    with pytest.raises(error) as refusal:
        measure(labels, predicted)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("labels", "predicted", "says"),
    [
        ([0, 3], [0, 1], "labels has class 3 at index 1, but there are only 3 classes, 0 to 2"),
        ([0, 1], [3, 1], "predicted has class 3 at index 0"),
        ([0], [[0.1, 0.9]], "predicted has 2 columns of scores, but there are 3 classes"),
    ],
)
def test_a_class_beyond_the_number_of_classes_is_refused(labels, predicted, says):
    with pytest.raises(ValueError) as refusal:
        confusion_matrix(labels, predicted, n_classes=3)
    assert says in str(refusal.value)
    with pytest.raises(ValueError) as refusal:
        classification_report(labels, predicted, names=["a", "b", "c"])
    assert says in str(refusal.value)


@pytest.mark.parametrize("n_classes", [0, -1, 2.0, "3", True])
def test_the_number_of_classes_is_a_whole_number_from_1(n_classes):
    with pytest.raises((TypeError, ValueError), match="the number of classes must be"):
        confusion_matrix([0], [0], n_classes=n_classes)


def test_one_text_is_no_list_of_names():
    with pytest.raises(TypeError, match="one name a class, got the text 'ab'"):
        classification_report([0, 1], [0, 1], names="ab")


# What is shown ----------------------------------------------------------------------------


def test_a_report_is_a_table_with_columns_that_line_up():
    names = ["T-shirt", "boot", "a name that is longer than any other"]
    shown = str(classification_report([0, 1, 1, 2] * 300, [0, 1, 2, 2] * 300, names=names))
    lines = [line for line in shown.splitlines() if line]
    assert len({len(line) for line in lines}) == 1, "all lines end in the same column"
    cells = [line.split() for line in lines]
    assert cells[0] == ["precision", "recall", "f1", "support"]
    assert cells[2] == ["boot", "1.000", "0.500", "0.667", "600"]
    assert cells[-2][-4:] == ["0.833", "0.833", "0.778", "1200"]
    assert cells[-1] == ["accuracy", "0.750", "1200"]
    # A point stands below a point.
    assert len({line.index(".") for line in lines[1:-1]}) == 1


def test_a_report_is_frozen():
    report = classification_report([0, 1], [0, 1])
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.accuracy = 1.0
