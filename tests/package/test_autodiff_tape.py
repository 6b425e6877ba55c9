"""What a tape watches, what it answers, and what it refuses."""

import copy
import itertools
import threading
from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse.autodiff import (
    GradientTape,
    Tensor,
    Variable,
    define_vjp,
    grad,
    hessian,
    jacobian,
    primitive,
    stop_gradient,
    value_and_grad,
)
from dlcourse.autodiff.variable import active
from dlcourse.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy
from dlcourse.optimizers import SGD


def gradient_of(f, sources, **options):
    with GradientTape() as tape:
        y = f()
    return tape.gradient(y, sources, **options)


# --- sources and answers -------------------------------------------------------------


class Pair(NamedTuple):
    a: object
    b: object


@pytest.mark.parametrize(
    ("structure", "expected"),
    [
        (lambda a, b: a, 3.0),
        (lambda a, b: [a, b], [3.0, 2.0]),
        (lambda a, b: (b, a), (2.0, 3.0)),
        (lambda a, b: {"a": a, "b": b}, {"a": 3.0, "b": 2.0}),
        (lambda a, b: {"all": [a, (b, {"again": a})]}, {"all": [3.0, (2.0, {"again": 3.0})]}),
        (Pair, Pair(3.0, 2.0)),
        (lambda a, b: [], []),
        (lambda a, b: {}, {}),
    ],
    ids=["one", "list", "tuple", "dict", "nested", "named tuple", "empty list", "empty dict"],
)
def test_the_answer_has_the_structure_of_the_sources(structure, expected):
    a, b = Variable(2.0), Variable(3.0)
    found = gradient_of(lambda: a * b, structure(a, b))
    assert type(found) is (np.ndarray if isinstance(expected, float) else type(expected))
    assert found == expected


def test_a_dict_with_an_order_of_its_own_gets_each_gradient_under_its_name():
    class Sorted(dict):
        def items(self):
            return sorted(super().items())

    z, y = Variable(2.0), Variable([3.0, 4.0])
    found = gradient_of(lambda: np.sum(z * z * y), Sorted(z=z, y=y))
    assert found["z"] == 28.0
    assert_array_equal(found["y"], [4.0, 4.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0, 2)], ids=str)
def test_a_gradient_is_a_plain_array_of_the_shape_and_dtype_of_its_source(shape, dtype):
    w = Variable(np.ones(shape, dtype))
    g = gradient_of(lambda: np.sum(w * 2 + w.T.T), w)
    assert type(g) is np.ndarray
    assert (g.shape, g.dtype) == (shape, dtype)
    assert_array_equal(g, np.full(shape, 3))


def test_gradients_share_memory_with_nothing():
    a, b = Variable([1.0, 2.0]), Variable([3.0, 4.0])
    tape = GradientTape(persistent=True)
    with tape:
        y = a + b
    first = tape.gradient(y, [a, b, a])
    for g in first:
        g *= 100
    assert_array_equal(first, [[100, 100]] * 3)
    assert_array_equal(tape.gradient(y, a), [1, 1])
    assert_array_equal(a.value, [1, 2])


@pytest.mark.parametrize("f", [lambda x: x, lambda x: x.T, lambda x: x[:], lambda x: x.reshape(2)])
def test_a_gradient_that_is_only_passed_on_can_be_written_to(f):
    x = Variable([1.0, 2.0])
    g = gradient_of(lambda: np.sum(f(x) + f(x)), x)
    g += 1
    assert_array_equal(g, [3, 3])


def test_the_gradient_of_an_array_is_that_of_the_sum_of_its_entries():
    x = Variable([1.0, 2.0])
    assert_array_equal(gradient_of(lambda: x**2, x), gradient_of(lambda: np.sum(x**2), x))


def test_the_gradient_of_a_variable_by_itself_is_one():
    x = Variable([1.0, 2.0])
    assert_array_equal(gradient_of(lambda: x, x), [1, 1])


def test_a_result_on_the_way_can_be_a_source_too():
    x = Variable(2.0)
    with GradientTape() as tape:
        middle = x**2
        y = middle * x
    assert tape.gradient(y, [x, middle]) == [12.0, 2.0]


def test_gradients_of_a_value_used_twice_add_up():
    x = Variable(3.0)
    assert gradient_of(lambda: x * x + x, x) == 7.0


# --- watching -----------------------------------------------------------------------------


def test_a_variable_is_watched_by_itself_and_a_tensor_on_request():
    v, t, constant = Variable(2.0), Tensor(3.0), Tensor(5.0)
    with GradientTape() as tape:
        tape.watch(t)
        y = v * t * constant
    assert tape.gradient(y, [v, t]) == [15.0, 10.0]


def test_a_tape_records_only_between_enter_and_exit():
    x = Variable(3.0)
    before = x * x
    tape = GradientTape()
    with tape:
        y = before * x
    after = y * x
    assert tape.gradient(y, x) == 9.0
    assert_array_equal(after.value, 81.0)


def test_entering_a_tape_again_goes_on_recording():
    x = Variable(3.0)
    tape = GradientTape()
    with tape:
        y = x * x
    with tape:
        z = y * x
    assert tape.gradient(z, x) == 27.0


def test_whole_numbers_become_floats_in_a_tensor_and_in_grad():
    assert Tensor([1, 2]).dtype == np.float64
    assert grad(lambda x: x**3)(2) == 12.0


def test_values_are_read_only_copies():
    given = np.array([1.0, 2.0])
    for x in (Tensor(given), Variable(given)):
        given[0] = 99.0
        assert x.value[0] != 99.0
        with pytest.raises(ValueError, match="read-only"):
            x.value[0] = 5.0
        given[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        np.exp(Tensor(given)).value[0] = 5.0


def test_assigning_keeps_dtype_and_shape_and_raises_the_version():
    w = Variable(np.zeros(2, np.float32), name="w")
    before = w.version
    w.assign([1, 2])
    assert w.dtype == np.float32
    assert w.version > before
    assert_array_equal(w.value, [1, 2])
    with pytest.raises(ValueError, match=r"variable 'w' has shape \(2,\); a value of shape \(3,\)"):
        w.assign([1, 2, 3])


# --- once, or persistent ---------------------------------------------------------------------


def test_a_persistent_tape_answers_again_and_the_same():
    x = Variable(2.0)
    with GradientTape(persistent=True) as tape:
        y = x**2
        z = y * x
    assert tape.gradient(z, x) == tape.gradient(z, x) == 12.0
    assert tape.gradient(y, x) == 4.0


def test_nested_tapes_give_higher_orders():
    x = Variable(2.0)
    with GradientTape() as third, GradientTape() as second, GradientTape() as first:
        y = x**4
        slope = first.gradient(y, x)
        curve = second.gradient(slope, x)
    assert (slope.value, curve.value, third.gradient(curve, x)) == (32.0, 48.0, 48.0)


def test_gradient_asked_inside_the_block_is_not_recorded_by_the_tape_itself():
    x = Variable(3.0)
    with GradientTape() as tape:
        g = tape.gradient(x * x, x)
    assert type(g) is np.ndarray
    assert g == 6.0


def test_inner_gradient_can_be_part_of_an_outer_loss():
    w = Variable([1.0, 2.0])
    with GradientTape() as outer:
        with GradientTape() as inner:
            loss = np.sum(w**3)
        slopes = inner.gradient(loss, {"w": w})["w"]
        penalty = np.sum(slopes**2)  # sum of 9 w⁴
    assert_allclose(outer.gradient(penalty, w), 36 * w.value**3)


# --- grad and value_and_grad --------


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: x * grad(lambda y: x * y)(x), 6.0),  # x² at 3
        (lambda x: x * grad(lambda y: x + y)(1.0), 1.0),  # x
        (lambda x: grad(lambda y: y**2 * x)(x), 12.0),  # 2x²
        (lambda x: grad(lambda y: y * stop_gradient(x))(x), 0.0),
        (lambda x: grad(lambda x: x**3)(x) + x, 19.0),
        (lambda x: x * grad(lambda y: grad(lambda z: x * y * z)(y) * y)(x), 54.0),  # 2x³
    ],
)
def test_inner_and_outer_derivatives_are_not_confused(f, expected):
    assert grad(f)(3.0) == expected


def test_argnums_choose_what_to_differentiate_by():
    f = lambda x, y, z=1.0: x * y**2 * z  # noqa: E731
    assert grad(f)(2.0, 3.0) == 9.0
    assert grad(f, argnums=1)(2.0, 3.0, z=2.0) == 24.0
    assert grad(f, argnums=(1, 0))(2.0, 3.0) == (12.0, 9.0)
    assert value_and_grad(f, argnums=(0,))(2.0, 3.0) == (18.0, (9.0,))


def test_arguments_may_be_nested_structures():
    params = {"w": np.array([1.0, 2.0]), "rest": [3.0, (4.0,)]}
    f = lambda p: np.sum(p["w"] * p["rest"][0]) * p["rest"][1][0]  # noqa: E731
    value, g = value_and_grad(f)(params)
    assert value == 36.0
    assert_array_equal(g["w"], [12, 12])
    assert g["rest"] == [12.0, (9.0,)]


@pytest.mark.parametrize(
    "f", [stop_gradient, lambda x: stop_gradient(3.0), lambda x: Tensor(1.0) * 2]
)
def test_a_constant_tensor_has_the_gradient_zero(f):
    assert grad(f)(2.0) == 0.0


@pytest.mark.parametrize(
    "f",
    [
        lambda x: 3.0,
        lambda x: np.float64(3),
        lambda x: np.ones(()),
        lambda x: x.value**2,
        lambda x: np.floor(x),
        lambda x: [x, x],
        lambda x: None,
    ],
)
@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian, hessian])
def test_what_no_gradient_can_flow_through_is_no_value(f, transform):
    with pytest.raises(TypeError, match="through which no gradient can flow"):
        transform(f)(2.0)


@pytest.mark.parametrize("f", [lambda x: x * x, lambda x: np.stack([x[0], x[1]]), lambda x: x[:2]])
@pytest.mark.parametrize("transform", [grad, value_and_grad])
def test_a_gradient_is_of_one_number(f, transform):
    with pytest.raises(ValueError, match=r"of one number; .* of shape \(2,\).*jacobian"):
        transform(f)(np.array([1.0, 2.0]))


def test_the_value_is_a_plain_number_outside_and_a_tensor_inside_another_tape():
    value, _ = value_and_grad(lambda x: x * x)(3.0)
    assert isinstance(value, np.floating)
    assert grad(lambda x: value_and_grad(lambda y: y * y)(x)[0])(3.0) == 6.0


def test_grad_by_a_variable_leaves_it_alone():
    w = Variable(3.0)
    assert grad(lambda x: x * w)(w) == 3.0, "w inside f is a constant for grad"
    assert w.value == 3.0


# --- nothing that is not needed --------


def test_no_gradient_is_computed_for_an_input_that_needs_none():
    asked = []

    @primitive
    def times(a, b):
        return a * b

    define_vjp(
        times,
        lambda g, out, a, b: asked.append("a") or g * b,
        lambda g, out, a, b: asked.append("b") or g * a,
    )
    w, data = Variable([1.0, 2.0]), np.array([3.0, 4.0])
    for other in (data, Tensor(data), stop_gradient(w * 2)):
        asked.clear()
        gradient_of(lambda other=other: np.sum(times(other, w)), w)
        assert asked == ["b"], "the gradient of a constant was computed"


def test_fused_functions_are_told_what_is_wanted():
    from dlcourse.autodiff import fused

    asked = []

    @fused
    def times(a, b):
        def vjp(g, wanted=(True, True)):
            asked.append(tuple(map(bool, wanted)))
            return (g * b if wanted[0] else None, g * a if wanted[1] else None)

        return a * b, vjp

    w = Variable(2.0)
    assert gradient_of(lambda: times(3.0, w), w) == 3.0
    assert gradient_of(lambda: times(w, b=3.0), w) == 3.0
    assert gradient_of(lambda: times(a=w, b=w), w) == 4.0
    assert asked == [(False, True), (True, False), (True, True)]


def test_operations_that_lead_elsewhere_are_not_differentiated():
    @primitive
    def trap(x):
        return x * 1

    def never(g, out, x):
        raise AssertionError("a branch that the target does not depend on was differentiated")

    define_vjp(trap, never)
    w = Variable(2.0)
    with GradientTape() as tape:
        trap(w)
        y = w * w
    assert tape.gradient(y, w) == 4.0


# --- isolation --------


def test_threads_do_not_see_each_others_tapes():
    w, wrong = Variable(2.0), []
    barrier = threading.Barrier(4)

    def work(k):
        with GradientTape() as tape:
            barrier.wait()
            y = w * float(k)
            for _ in range(200):
                y = y + w
            barrier.wait()
        if len(tape._records) != 201 or tape.gradient(y, w) != k + 200:
            wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_threads_that_train_at_once_do_not_share_large_arrays():
    rng = np.random.default_rng(0)
    x, wrong = rng.normal(size=(256, 256)), []

    def work(k):
        w = Variable(np.eye(256) * k)
        from dlcourse.layers import dense

        expected = 2 * x.T @ (x * k)
        for _ in range(20):
            g = gradient_of(lambda: np.sum(dense(x, w, np.zeros(256)) ** 2), w)
            if not np.allclose(g, expected):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, "two threads wrote into the same array"


def test_an_exception_in_the_block_leaves_no_tape_active():
    with pytest.raises(ZeroDivisionError), GradientTape(), GradientTape():
        _ = 1 / 0
    assert active.tapes == []


def test_an_exception_in_a_rule_leaves_the_tapes_as_they_were():
    @primitive
    def broken(x):
        return x * 1

    define_vjp(broken, lambda g, out, x: 1 // 0)
    x = Variable(1.0)
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = broken(x)
        with pytest.raises(ZeroDivisionError):
            inner.gradient(y, x)
        assert active.tapes == [outer]
    assert active.tapes == []


# --- loud: what would give no answer, or a wrong one --------


def test_a_source_that_is_not_watched_says_how_to_watch_it():
    x = Tensor([1.0, 2.0], name="x")
    w = Variable(1.0)
    with pytest.raises(ValueError, match=r"tensor 'x' is not connected.*tape\.watch\(x\) before"):
        gradient_of(lambda: np.sum(x * w), x)


def test_a_target_that_is_a_constant_says_so():
    w = Variable(1.0, name="w")
    y = w * 2  # too early
    with pytest.raises(ValueError, match=r"variable 'w' is not connected.*not computed from anyth"):
        gradient_of(lambda: y, w)


@pytest.mark.parametrize("f", [lambda v, w: v * w.value, lambda v, w: v * stop_gradient(w)])
def test_a_source_that_leads_nowhere_names_the_usual_reasons(f):
    v, w = Variable(1.0), Variable(2.0)
    message = r"variable of shape \(\) is not connected.*from \.value, or behind stop_gradient"
    with pytest.raises(ValueError, match=message):
        gradient_of(lambda: f(v, w), w)


def test_unconnected_sources_may_count_as_zero_on_request():
    v, w = Variable(1.0), Variable([2.0, 3.0])
    g = gradient_of(lambda: v * 2, [v, w], unconnected="zero")
    assert_array_equal(g[1], [0, 0])


def test_a_target_or_source_that_is_no_tensor_is_refused():
    w = Variable(2.0)
    for target, source in ((float(w), w), (w.value * 2, w), (w, 2.0), (w, [w, np.ones(2)])):
        with pytest.raises(TypeError, match=r"with respect to tensors, got .*was \.value or float"):
            gradient_of(lambda target=target: target, source)


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda a, b: a + b, r"np\.add"),
        (lambda a, b: a @ b.reshape(4, 1), r"np\.matmul"),
        (lambda a, b: np.maximum(a, b), r"np\.maximum"),
        (lambda a, b: b * a, r"np\.multiply"),
    ],
)
def test_shapes_that_do_not_fit_are_named_with_the_operation(call, names):
    a, b = Tensor(np.ones((2, 3))), np.ones(4)
    with pytest.raises(ValueError, match=rf"{names} of shapes .*and \(") as caught:
        call(a, b)
    assert "(2, 3)" in str(caught.value)
    assert "(4" in str(caught.value)


def test_a_used_tape_says_how_to_make_it_persistent():
    x = Variable(2.0)
    with GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match=r"has been used.*persistent=True"):
        tape.gradient(y, x)


def test_whole_numbers_are_refused_in_a_variable():
    with pytest.raises(TypeError, match=r"value of 'w' must be float32 or float64, got int.*3\.0"):
        Variable(3, name="w")
    for value in ([True], [1j], ["a"], np.float16(1)):
        with pytest.raises(TypeError, match="must be float32 or float64, got"):
            Variable(value)


def test_a_plain_array_can_not_be_watched():
    with pytest.raises(TypeError, match=r"only a Tensor can be watched, got ndarray.*Tensor\(x\)"):
        GradientTape().watch(np.ones(2))


@pytest.mark.parametrize(
    "convert",
    [
        np.asarray,
        np.array,
        lambda x: np.asarray(x, dtype=float),
        lambda x: np.array([x, x]),
        lambda x: np.array([x[0], x[1]]),
        lambda x: np.zeros(2).__setitem__(slice(None), x),
    ],
)
def test_a_tensor_never_becomes_a_plain_array_unnoticed(convert):
    with pytest.raises(TypeError, match=r"lose its gradient\. .*np\.stack .*on the left of"):
        convert(Tensor([1.0, 2.0]))


# --- what is changed after it was recorded changes nothing --------


@pytest.mark.parametrize(
    ("operation", "constant"),
    [
        (lambda x, c: x * c, [1.0, 2.0, 3.0]),
        (lambda x, c: x[c], [0, 1, 1]),
        (lambda x, c: x[None][([0, 0, 0], c)], [0, 1, 1]),
        (lambda x, c: np.stack([x, x])[:, c], [0, 1, 1]),
    ],
    ids=["operand", "index", "index of an axis", "index in a tuple"],
)
def test_a_list_that_changes_changes_nothing(operation, constant):
    x = Variable([1.0, 2.0, 3.0])

    def gradient(change):
        own = list(constant)
        with GradientTape() as tape:
            y = np.sum(operation(x, own) ** 2)
        if change:
            own[0] = 2
        return tape.gradient(y, x)

    assert_array_equal(gradient(change=True), gradient(change=False))


def test_a_variable_that_was_assigned_has_the_gradient_of_what_was_recorded():
    w = Variable(2.0, name="w")
    with GradientTape() as tape:
        y = w**2
    w.assign(3.0)
    assert tape.gradient(y, w) == 4.0


def test_a_variable_assigned_between_two_operations_counts_with_both_values():
    w = Variable(2.0)
    with GradientTape() as tape:
        y = w * w  # 2 and 2
        w.assign(3.0)
        z = y * w  # 4 and 3
    assert tape.gradient(z, w) == 3 * 4 + 4


@pytest.mark.parametrize("change", [lambda w: w.assign(10.0), lambda w: setattr(w, "value", 10.0)])
@pytest.mark.parametrize(
    "cube", [lambda w: w**3, lambda w: w * w * w, lambda w: mean_squared_error(w, 0 * w) * w]
)
def test_a_gradient_under_another_tape_is_that_of_what_was_recorded_too(change, cube):
    w = Variable(3.0)
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = cube(w)
        change(w)
        slope = inner.gradient(y, w)
    assert_allclose(slope.value, 27.0)
    assert_allclose(outer.gradient(slope, w), 18.0)


def test_a_tensor_may_weigh_the_outputs_inside_the_block():
    w, u = Variable([1.0, 2.0]), Variable([3.0, 4.0])
    with GradientTape() as outer, GradientTape() as tape:
        y = w * w
        g = tape.gradient(y, w, output_gradient=u)
        total = np.sum(g)
    assert_array_equal(g.value, [6.0, 16.0])
    assert_array_equal(outer.gradient(total, u), [2.0, 4.0])
    with GradientTape() as tape:
        y = w * w
        assert_array_equal(tape.gradient(y, w, output_gradient=u), [6.0, 16.0])


@pytest.mark.parametrize("index", [None, ..., (None, ...), (), (None, None)])
def test_a_number_may_be_indexed(index):
    x = Variable(3.0)
    assert gradient_of(lambda: np.sum(x[index] * 2), x) == 2.0
    assert gradient_of(lambda: np.sum(np.sum(x * x)[index]), x) == 6.0


def test_the_value_of_a_variable_is_replaced_by_a_copy():
    w, given = Variable([1.0, 2.0], name="w"), np.array([3.0, 4.0])
    w.value = given
    given[0] = 99.0
    assert_array_equal(w.value, [3.0, 4.0])
    with pytest.raises(ValueError, match="read-only"):
        w.value[0] = 5.0
    with pytest.raises(ValueError, match=r"variable 'w' has shape \(2,\)"):
        w.value = np.ones(3)


def test_a_variable_may_be_assigned_before_it_is_used():
    w, v = Variable(2.0), Variable(5.0)
    with GradientTape() as tape:
        y = w * w
        v.assign(3.0)
        z = y * v
    assert tape.gradient(z, [w, v]) == [12.0, 4.0]


def test_an_optimizer_that_came_early_does_no_harm():
    params = {"w": Variable([1.0, 2.0], name="w")}
    with GradientTape(persistent=True) as tape:
        y = np.sum(params["w"] ** 2)
    grads = tape.gradient(y, params)
    SGD(0.1).update(params, grads)
    assert_array_equal(tape.gradient(y, params)["w"], [2.0, 4.0])


def test_an_array_that_was_taken_from_a_variable_stays_as_it_was():
    w = Variable([1.0, 2.0])
    before, backwards = w.value, w[::-1]
    w.assign([5.0, 6.0])
    SGD(1.0).update({"w": w}, {"w": np.ones(2)})
    assert_array_equal(before, [1.0, 2.0])
    assert_array_equal(backwards.value, [2.0, 1.0])
    assert_array_equal(w.value, [4.0, 5.0])


def change_one(a):
    a.flat[a.size // 3] += 1


# The numbers of the first two once kept a checksum as it was.
CHANGES = {
    "two signs, 2003 apart": lambda a: np.negative(a, out=a, where=np.arange(a.size) % 2003 == 10),
    "two entries exchanged": lambda a: np.copyto(a[5:2009:2003], a[5:2009:2003][::-1].copy()),
    "one entry": change_one,
    "one entry by 1e-6": lambda a: np.add(a, 1e-6, out=a, where=np.arange(a.size) == 5),
    "sorted": lambda a: a.sort(),
    "not a number": lambda a: a.fill(np.nan),
}


@pytest.mark.parametrize("n", [3, 999, 100_000])
@pytest.mark.parametrize("view", [lambda a: a, lambda a: a[::-1]], ids=["array", "view"])
@pytest.mark.parametrize(
    ("dtype", "change"),
    [
        *[(t, c) for t in (np.float32, np.float64, ">f4", ">f8") for c in CHANGES.values()],
        (np.int64, change_one),
        (np.int64, CHANGES["sorted"]),
        (bool, lambda a: np.logical_not(a, out=a)),
    ],
)
def test_an_array_that_changes_changes_nothing(dtype, change, view, n):
    data = (np.random.default_rng(0).normal(size=n) * 10).astype(dtype)
    w = Variable(np.float64(2.0))
    expected = np.sum(view(data).astype(np.float64) * 1.0)
    with GradientTape() as tape:
        y = np.sum(w * view(data))
    change(data)
    assert_allclose(tape.gradient(y, w), expected, rtol=1e-5)


def test_rows_that_change_places_change_nothing():
    data = np.random.default_rng(0).normal(size=(20_030, 4))
    w, g = Variable(np.ones(4)), np.random.default_rng(1).normal(size=20_030)
    expected = data.T @ g
    with GradientTape() as tape:
        y = np.sum((data @ w) * g)
    data[[5, 2008]] = data[[2008, 5]]
    assert_allclose(tape.gradient(y, w), expected)


def test_what_the_derivative_does_not_read_may_change():
    w, c = Variable([1.0, 2.0]), np.ones(2)
    with GradientTape() as tape:
        y = np.sum(w + c)
    c[0] = 5
    assert_array_equal(tape.gradient(y, w), [1.0, 1.0])


@pytest.mark.parametrize(
    "loss", [softmax_cross_entropy, lambda z, y: np.sum(z[np.arange(len(y)), y])]
)
def test_labels_that_change_change_nothing(loss):
    def gradient(change):
        z, labels = Variable(np.zeros((4, 3))), np.array([0, 1, 2, 0])
        with GradientTape() as tape:
            y = loss(z, labels)
        if change:
            labels[0] = 1
        return tape.gradient(y, z)

    assert_array_equal(gradient(change=True), gradient(change=False))


@pytest.mark.parametrize("loss", [mean_squared_error, binary_cross_entropy])
@pytest.mark.parametrize("by_keyword", [False, True])
def test_targets_that_change_change_nothing_however_they_were_given(loss, by_keyword):
    name = "target" if loss is mean_squared_error else "labels"

    def gradient(change):
        z, target = Variable(np.zeros(4)), np.zeros(4)
        with GradientTape() as tape:
            y = loss(z, **{name: target}) if by_keyword else loss(z, target)
        if change:
            target[0] = 1
        return tape.gradient(y, z)

    assert_array_equal(gradient(change=True), gradient(change=False))


def backwards(w):
    return w[::-1]


@pytest.mark.parametrize("view", [backwards, np.transpose, lambda w: w[1:]])
def test_a_view_of_a_variable_that_was_assigned_is_what_it_was(view):
    w, v = Variable([1.0, 2.0, 3.0]), Variable(2.0)
    x = view(w)
    expected = 2 * x.value
    with GradientTape() as tape:
        tape.watch(x)
        y = np.sum(x * x) * v
    w.assign([0.0, 0.0, 0.0])
    found = tape.gradient(y, [x, v])
    assert_array_equal(found[0], expected * 2)
    assert found[1] == np.sum(expected**2) / 4


def test_an_option_that_changes_changes_nothing():
    @primitive
    def scaled(x, *, by):
        return x * by

    define_vjp(scaled, lambda g, out, x, *, by: g * by)
    factors, axes = np.ones(3), [1, 0]
    w, m = Variable(np.ones(3)), Variable(np.ones((2, 3)))
    with GradientTape(persistent=True) as tape:
        y, z = np.sum(scaled(w, by=factors)), np.sum(np.transpose(m, axes=axes) ** 2)
    factors[:], axes[:] = 7.0, [0, 1]
    assert_array_equal(tape.gradient(y, w), [1.0, 1.0, 1.0])
    assert_array_equal(tape.gradient(z, m), 2 * np.ones((2, 3)))


def test_without_copies_the_arrays_themselves_are_read():
    x, w = np.ones(3), Variable(2.0)
    with GradientTape(copy=False) as tape:
        y = np.sum(w * x)
    x[0] = 5.0  # which one must not do then
    assert tape.gradient(y, w) == 7.0


def test_an_array_that_is_used_again_is_copied_once():
    x, w = np.ones(1000), Variable(2.0)
    with GradientTape(persistent=True) as tape:
        y = np.sum(sum(w * x for _ in range(10)))
    copies = {
        id(a)
        for r in tape._records
        for a in r.values
        if isinstance(a, np.ndarray) and a.size == 1000
    }
    kept = {id(a) for r in tape._records for a in r.args if isinstance(a, np.ndarray)}
    assert len(kept) == 1
    assert kept <= copies
    assert tape.gradient(y, w) == 10_000


def test_an_array_that_changes_between_two_uses_counts_with_both_values():
    x, w = np.ones(3), Variable(2.0)
    with GradientTape() as tape:
        y = np.sum(w * x)
        x[0] = 5.0
        y = y + np.sum(w * x)
    x[:] = 0.0
    assert tape.gradient(y, w) == 3 + 7


def test_a_masked_or_read_only_array_is_kept_as_it_was():
    owner = np.ones(3)
    window = owner[:]
    window.flags.writeable = False  # but its owner can be written to
    w = Variable(2.0)
    with GradientTape() as tape:
        y = np.sum(w * window)
    owner[0] = 5.0
    assert tape.gradient(y, w) == 3.0


def test_what_the_gradient_does_not_depend_on_may_change():
    w, other = Variable(2.0), np.ones(3)
    with GradientTape() as tape:
        y = w * w
    other[0] = 5
    assert tape.gradient(y, w) == 4.0


def test_a_watched_view_of_a_variable_that_stayed_gives_its_gradient():
    x = Variable([1.0, 2.0, 3.0])[1:]
    with GradientTape() as tape:
        tape.watch(x)
        y = np.sum(x * x)
    assert_array_equal(tape.gradient(y, x), [4.0, 6.0])


@pytest.mark.parametrize("answer", ["zeros", None, True])
def test_what_to_do_about_the_unconnected_is_one_of_two_words(answer):
    w = Variable(2.0)
    with GradientTape() as tape:
        y = w * w
    with pytest.raises(ValueError, match='unconnected must be "error" or "zero", got'):
        tape.gradient(y, w, unconnected=answer)
    assert tape.gradient(y, w) == 4.0, "a refused call uses the tape up"


@pytest.mark.parametrize("argnums", [-1, 2, (0, 2)])
def test_the_arguments_to_differentiate_by_must_have_been_given(argnums):
    with pytest.raises(ValueError, match=r"argnums=.* is not among the 2 positions given"):
        grad(lambda x, y: x * y, argnums)(1.0, 2.0)


def test_a_variable_may_be_watched_too_and_change_once_it_does_not_matter():
    w, other = Variable([1.0, 2.0]), Variable([3.0, 4.0])
    with GradientTape() as tape:
        tape.watch(w, other)
        y = np.sum(w * w)
    other.assign([0.0, 0.0])
    assert_array_equal(tape.gradient(y, w), [2.0, 4.0])


@pytest.mark.parametrize(
    "window",
    [
        lambda a: np.lib.stride_tricks.sliding_window_view(a, 3),
        lambda a: np.lib.stride_tricks.as_strided(a, (3,), (8,), writeable=False),
        lambda a: np.broadcast_to(a, (2, 5)),
        lambda a: np.frombuffer(memoryview(a).toreadonly()),
        lambda a: a[1:].view(),
    ],
)
def test_a_view_through_which_nobody_can_write_is_copied_all_the_same(window):
    a, w = np.ones(5), Variable(2.0)
    view = window(a)
    if view.flags.writeable:
        view.flags.writeable = False
    expected = view.sum()
    with GradientTape() as tape:
        y = np.sum(w * view)
    a[:] = 100.0
    assert tape.gradient(y, w) == expected


def test_the_weights_of_the_outputs_are_not_given_away():
    w, weights = Variable([1.0, 2.0]), np.array([3.0, 4.0])
    with GradientTape() as tape:
        y = w + 1
    tape.gradient(y, w, output_gradient=weights)[:] = 0
    assert_array_equal(weights, [3.0, 4.0])


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda x: x.copy()])
def test_a_copy_of_a_result_depends_on_what_the_result_depends_on(copied):
    assert_array_equal(grad(lambda x: np.sum(copied(x * 1) * x))(np.ones(2)), [2.0, 2.0])
    w = Variable(2.0, trainable=False)
    twin = copied(w)
    assert twin is not w
    assert float(twin) == 2.0


USES_AND_SLOPES_AT_3 = {
    "b[None]": (lambda b: b[None], 1),
    "b[...]": (lambda b: b[...], 1),
    "b": (lambda b: b, 1),
    "b * b": (lambda b: b * b, 6),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("uses", [*itertools.permutations(USES_AND_SLOPES_AT_3, 3)], ids=" + ".join)
def test_a_number_may_be_indexed_and_used_as_it_is_in_any_order(uses, dtype):
    # What flows back is now an array, now a NumPy scalar, into which nothing is added in place.
    functions, slopes = zip(*(USES_AND_SLOPES_AT_3[use] for use in uses), strict=True)

    def total(b):
        return sum(np.sum(f(b)) for f in functions)

    slope = grad(total)(dtype(3.0))
    assert slope.dtype == dtype
    assert slope == sum(slopes)
    assert grad(grad(total))(3.0) == 2 * ("b * b" in uses)
