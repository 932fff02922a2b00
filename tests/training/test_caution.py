import numpy as np
import pytest

from clinoscope.inference.metrics import measure
from clinoscope.training.caution import COVERAGE, FEWEST, Outside, cautious_readings, fit_caution

LABELS = ("a", "b", "c")


def outside(name: str, count: int, seed: int, *, boast: float = 3.0) -> Outside:
    """A source whose logits are ``boast`` times as large as what the network knows there."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, count)
    logits = rng.normal(0.0, 1.0, (count, 3))
    logits[np.arange(count), truth] += 1.0
    return Outside(name, boast * logits, truth, [f"{name}{index // 2}" for index in range(count)])


def test_a_boastful_network_is_calmed() -> None:
    caution = fit_caution([outside("north", 300, 1), outside("south", 300, 2)])
    assert caution is not None
    # logits of unit variance around a shift of one are calibrated as they are
    assert caution.temperature == pytest.approx(3.0, rel=0.2)
    assert (caution.coverage, caution.pictures, caution.fitted_on) == (COVERAGE, 600, ("north", "south"))


def test_each_source_is_read_with_what_the_others_teach() -> None:
    sources = [outside("north", 400, 1), outside("south", 400, 2), outside("west", 20, 3)]
    readings = cautious_readings(sources, LABELS)
    assert [len(each.truth) for each in readings] == [400, 400, 20]
    north = measure(readings[0])
    assert north["conformal_coverage"]["value"] == pytest.approx(COVERAGE, abs=0.05)
    assert north["ece"]["value"] < 0.08
    others = fit_caution(sources[1:])
    assert others is not None
    tempered = np.exp(sources[0].logits / others.temperature)
    assert readings[0].probabilities == pytest.approx(tempered / tempered.sum(axis=1, keepdims=True))


def test_where_the_others_are_few_the_other_parts_of_the_source_help() -> None:
    sources = [outside("north", 400, 1), outside("south", FEWEST - 1, 2, boast=30.0)]
    tempers = []
    for north in (sources[0], Outside("north", sources[0].logits[:50], sources[0].truth[:50], sources[0].groups[:50])):
        readings = cautious_readings([north, sources[1]], LABELS)[0]
        tempers.append(float(readings.probabilities.max(axis=1).mean()))
    assert tempers[0] > tempers[1] + 0.02, "the more of it there is, the less does the boast of the south count"


def test_few_pictures_give_no_caution() -> None:
    assert fit_caution([outside("north", FEWEST - 1, 1)]) is None
    assert fit_caution([]) is None


def test_a_source_of_one_slide_teaches_nothing_and_is_read_by_the_others() -> None:
    north, slide = outside("north", 200, 1), outside("slide", 200, 2, boast=30.0)
    one = Outside("slide", slide.logits, slide.truth, ["slide"] * 200)
    caution = fit_caution([north, one])
    assert caution is not None
    assert (caution.pictures, caution.fitted_on) == (200, ("north",))
    assert fit_caution([one]) is None
    assert len(cautious_readings([north, one], LABELS)) == 2
