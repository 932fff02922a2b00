import io

import numpy as np
import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.domain.task import Kind
from clinoscope.inference.card import FlagRule, Package
from clinoscope.inference.flags import FILE, flags, linear_value, problems, share_below

LABELS = ("red", "green", "blue")
SCREEN = FlagRule(id="screen", name="Blue?", note="Blue cannot be excluded.", kind="label", label="blue", threshold=0.2)
LINE = FlagRule(id="line", name="Lined", note="It has lines.", kind="linear", threshold=0.7, only_for=("red",))
FAR = FlagRule(id="far", name="Unusual", note="It is unlike red.", kind="distance", threshold=0.98)

ARRAYS = {
    "line_weights": np.array([1.0, -2.0, 0.0, 0.0], np.float32),
    "line_bias": np.float32(0.5),
    # two axes of four; spread 4 along the first, 1 along the second; variance 0.25 in the others
    "far_mean": np.array([1.0, 0, 0, 0], np.float32),
    "far_axes": np.eye(4)[:2].astype(np.float16),
    "far_spread": np.array([4.0, 1.0], np.float32),
    "far_rest": np.float32(0.25),
    # all kinds: the same middle, twice the spread of everything, so half the distance
    "far_ground_mean": np.array([1.0, 0, 0, 0], np.float32),
    "far_ground_axes": np.eye(4)[:2].astype(np.float16),
    "far_ground_spread": np.array([8.0, 2.0], np.float32),
    "far_ground_rest": np.float32(0.5),
    "far_quantiles": np.linspace(0, 1, 101).astype(np.float32),
}


def stored(arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def package(*rules, arrays=ARRAYS, **changed):
    data = stored(arrays)
    return Package(
        format=1,
        name="toy",
        version="1.2.3",
        task="skin/lesion-photo",
        kind=Kind.CLASSIFY,
        intended_use="Tests.",
        labels=LABELS,
        flags=rules,
        files={FILE: "hash"},
        # the numbers are kept by this hash
        sha256=str(hash((rules, data))),
        **{"content": {FILE: data}, **changed},
    )


RED = np.array([0.7, 0.1, 0.2])
GREEN = np.array([0.1, 0.8, 0.1])


def test_screening_holds_the_probability_against_the_threshold():
    (raised,) = flags(package(SCREEN), RED, np.zeros(4))
    assert (raised.id, raised.name, raised.note) == (SCREEN.id, SCREEN.name, SCREEN.note)
    assert raised.value == 0.2
    assert raised.raised, "at the threshold it is raised"
    (calm,) = flags(package(SCREEN), GREEN, np.zeros(4))
    assert calm.value == 0.1
    assert not calm.raised


def test_a_package_that_only_screens_needs_no_arrays():
    assert len(flags(package(SCREEN, content={}), RED, np.zeros(4))) == 1


def test_a_package_without_rules_has_no_flags():
    assert flags(package(content={}), RED, np.zeros(4)) == ()


@pytest.mark.parametrize(
    ("embedding", "value"), [([0, 0, 9, 9], 0.6225), ([1.5, 0, 0, 0], 0.8808), ([0, 1, 0, 0], 0.1824)]
)
def test_a_linear_rule_by_hand(embedding, value):
    (flag,) = flags(package(LINE), RED, np.array(embedding, np.float32))
    assert flag.value == pytest.approx(value, abs=1e-4)
    assert flag.raised == (value >= LINE.threshold)


def test_a_linear_rule_far_out_does_not_overflow():
    values = linear_value(np.array([[1e6], [-1e6]]), np.ones(1), 0.0)
    assert values == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize(
    ("embedding", "value"),
    # the distances from the ordinary ones are 0, 1 and 0.5 (see test_rejection), those from all kinds half as much
    [([1, 0, 0, 0], 0.0), ([3, 1, 0.5, 0.5], 0.5), ([3, 1, 0, 0], 0.25), ([90, 0, 0, 0], 1.0)],
)
def test_a_distance_is_the_share_of_ordinary_pictures_that_are_less_unusual(embedding, value):
    (flag,) = flags(package(FAR), GREEN, np.array(embedding, np.float32))
    assert flag.value == pytest.approx(value, abs=1e-4)
    assert flag.raised == (value >= FAR.threshold)


def test_what_is_as_foreign_to_all_kinds_is_not_unusual():
    same = {name: array for name, array in ARRAYS.items() if not name.startswith("far_ground")}
    same |= {name.replace("far_", "far_ground_"): array for name, array in same.items() if name != "far_quantiles"}
    (flag,) = flags(package(FAR, arrays=same), GREEN, np.array([90.0, 0, 0, 0]))
    assert flag.value == 0


def test_between_two_quantiles_is_between_their_shares():
    assert share_below(np.array([1.5, 7.0]), np.array([0.0, 1.0, 2.0])) == pytest.approx([0.75, 1.0])


def test_a_flag_that_means_nothing_beside_this_answer_is_left_out():
    both = package(LINE, SCREEN)
    assert [flag.id for flag in flags(both, RED, np.zeros(4))] == ["line", "screen"]
    assert [flag.id for flag in flags(both, GREEN, np.zeros(4))] == ["screen"]


def test_a_sensible_package_file_has_no_problems():
    assert problems(package(SCREEN, LINE, FAR)) == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (FlagRule(id="x", name="", note="", kind="label", label="pink", threshold=0.5), "a label 'pink'"),
        (FlagRule(id="x", name="", note="", kind="label", threshold=0.5), "a label ''"),
        (FlagRule(id="x", name="", note="", kind="linear", threshold=0.5, only_for=("pink",)), "a label 'pink'"),
        (FlagRule(id="line", name="", note="", kind="label", label="red", threshold=1.5), "between 0 and 1"),
        (FlagRule(id="line", name="", note="", kind="label", label="red", threshold=float("nan")), "between 0 and 1"),
        (LINE, "the flag line is there twice"),
    ],
)
def test_rules_that_make_no_sense_are_named_and_never_used(rule, said):
    made = package(LINE, rule)
    assert said in " ".join(problems(made))
    with pytest.raises(PackageError, match=r"Model package toy: the .* Install the package again"):
        flags(made, RED, np.zeros(4))


@pytest.mark.parametrize("rule", [LINE, FAR])
def test_a_package_without_the_file_of_its_rules_is_refused(rule):
    made = Package(
        format=1, name="bare", version="1", task="t", kind=Kind.CLASSIFY, intended_use="", labels=LABELS, flags=(rule,)
    )
    assert problems(made) == [f"the hash of {FILE} is missing"]
    with pytest.raises(PackageError, match=r"Model package bare: the hash of flags\.npz is missing\. Install"):
        flags(made, RED, np.zeros(4))


@pytest.mark.parametrize("name", ARRAYS)
def test_a_missing_array_is_a_sentence(name):
    some = {key: array for key, array in ARRAYS.items() if key != name}
    with pytest.raises(PackageError, match=f"flags.npz lacks the numbers of the flag {name.split('_')[0]}"):
        flags(package(LINE, FAR, arrays=some), RED, np.zeros(4))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("line_weights", np.zeros((2, 2))),
        ("line_weights", np.array([1.0, np.nan, 0, 0])),
        ("line_bias", np.zeros(3)),
        ("line_bias", np.float32(np.inf)),
        ("line_weights", np.array(["a", "b", "c", "d"])),
        ("far_mean", np.zeros(3)),
        ("far_axes", np.zeros(4)),
        ("far_axes", np.eye(4)),
        ("far_spread", np.array([1.0, 0.0])),
        ("far_rest", np.float32(0)),
        ("far_rest", np.float32(np.nan)),
        ("far_ground_axes", np.eye(5)[:2]),
        ("far_axes", np.zeros((0, 4))),
        ("far_quantiles", np.full(101, np.nan)),
        ("far_quantiles", np.zeros(7)),
        ("far_quantiles", np.linspace(2, 0, 101)),
    ],
)
def test_arrays_that_do_not_belong_together_are_a_sentence(name, wrong):
    with pytest.raises(PackageError, match=r"Model package toy: flags.npz (lacks|cannot)"):
        flags(package(LINE, FAR, arrays={**ARRAYS, name: wrong}), RED, np.zeros(4))


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_a_broken_file_is_a_sentence(data):
    with pytest.raises(PackageError, match=r"Model package toy: flags.npz cannot be read\. Install"):
        flags(package(LINE, content={FILE: data}, arrays={"from": np.frombuffer(data, np.uint8)}), RED, np.zeros(4))


@pytest.mark.parametrize("rule", [LINE, FAR])
def test_numbers_of_another_network_are_a_sentence(rule):
    with pytest.raises(PackageError, match="made for another model"):
        flags(package(rule), RED, np.zeros(5))
