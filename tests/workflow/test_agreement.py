"""Agreement over time: what is counted, when a drop is flagged, how often falsely, and how fast."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from clinoscope import modes
from clinoscope.domain.picture import Picture
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE, ModelRef
from clinoscope.domain.record import Exam, Patient, Reviewed
from clinoscope.records import Operation, Vault
from clinoscope.workflow import agreement, exams, models
from clinoscope.workflow.look import look

TASK = "skin/lesion-photo"
PASSWORD = "a long enough one"
START = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)


def signed(agreed: Sequence[bool], answer: str = "melanoma", start: int = 0) -> list[Reviewed]:
    """One reviewed reading a day."""
    return [Reviewed("ab", answer, agrees, START + timedelta(days=start + day)) for day, agrees in enumerate(agreed)]


def steady(wrong_every: int, count: int) -> list[bool]:
    return [place % wrong_every != 0 for place in range(1, count + 1)]


def test_nothing_yet_is_said_as_such() -> None:
    found = agreement.over_time([])
    assert (found.points, found.months, found.reviewed, found.baseline, found.flagged_since) == ((), (), 0, None, None)
    assert found.sentence == "No reading of this model has been reviewed and signed yet."


def test_before_a_window_is_full_there_are_counts_and_no_plot() -> None:
    found = agreement.over_time(signed([True, True, False]))
    assert found.points == ()
    assert found.sentence.startswith("Clinicians agreed with 2 of 3 answers. A drop can be flagged once 100 answers")
    (month,) = found.months
    assert (month.month, month.reviewed, month.answered, month.agreed) == (date(2026, 1, 1), 3, 3, 2)
    assert "1 of 1 answer." in agreement.over_time(signed([True])).sentence
    assert "in none of them" in agreement.over_time(signed([True], UNSURE)).sentence


def test_unsure_and_cannot_judge_are_counted_apart() -> None:
    reviewed = signed([True] * 60)
    for place in range(0, 60, 2):
        # Neither agreeing nor disagreeing with "unsure" may move the agreement.
        reviewed.insert(place, Reviewed("ab", UNSURE if place % 4 else CANNOT_JUDGE, False, reviewed[place].at))
    found = agreement.over_time(reviewed)
    last = found.points[-1]
    assert last.agreement == 1
    inside = [entry.answer for entry in reviewed[-50:]]
    assert last.unsure == inside.count(UNSURE) / 50
    assert last.cannot == inside.count(CANNOT_JUDGE) / 50
    assert last.unsure + last.cannot > 0
    assert sum(month.unsure + month.cannot for month in found.months) == 30
    assert sum(month.answered for month in found.months) == 60


def test_a_point_is_the_last_fifty() -> None:
    found = agreement.over_time(signed([True] * 50 + [False] * 50))
    assert len(found.points) == 51
    assert [point.agreement for point in found.points] == pytest.approx([1 - place / 50 for place in range(51)])
    assert all(0 <= point.low <= point.agreement <= point.high <= 1 for point in found.points)
    assert found.points[-1].at == START + timedelta(days=99)


def test_many_points_are_thinned_and_the_newest_stays() -> None:
    found = agreement.over_time(signed(steady(7, 5000)))
    assert len(found.points) == agreement.MOST_POINTS
    assert found.points[-1].at == START + timedelta(days=4999)
    assert [point.at for point in found.points] == sorted(point.at for point in found.points)


def test_steady_agreement_is_not_flagged_and_a_drop_is_with_its_dates() -> None:
    before, after = steady(10, 300), steady(2, 60)
    calm = agreement.over_time(signed(before))
    assert calm.baseline == 0.9
    assert calm.flagged_since is None
    assert calm.sentence.endswith("45 of the last 50 answers and with 90 of the first 100. No drop is flagged.")
    dropped = agreement.over_time(signed(before + after))
    assert dropped.flagged_since is not None
    days = (dropped.flagged_since - START).days
    assert 300 < days < 330
    assert "Agreement has dropped: 25 of the last 50 answers, against 90 of the first 100." in dropped.sentence
    began = dropped.sentence.split("since about ")[1].split(".")[0]
    assert abs((datetime.strptime(began, "%d %b %Y").replace(tzinfo=UTC) - START).days - 300) <= 2


def test_a_flag_stays_until_agreement_is_back_for_good_and_keeps_its_day() -> None:
    dropped = steady(10, 200) + steady(2, 60)
    first = agreement.flagged(dropped)
    assert first is not None
    assert agreement.flagged(dropped + [True] * 5) == first
    assert agreement.flagged(dropped + steady(2, 500)) == first
    assert agreement.flagged(dropped + [True] * 200) is None


def test_a_better_agreement_is_no_drop() -> None:
    assert agreement.flagged(steady(3, 100) + [True] * 500) is None


def test_the_sum_is_the_likelihood_ratio_of_doubled_odds() -> None:
    up, down = agreement._weights(0.2)
    doubled = 0.4 / 1.2  # odds 0.25 -> 0.5
    assert up == pytest.approx(math.log(doubled / 0.2))
    assert down == pytest.approx(math.log((1 - doubled) / 0.8))


def simulated(disagree: float, after: float, models: int, seed: int) -> np.ndarray:
    """After how many answers each of many models is flagged, its baseline measured first; 0 for not in 1,000."""
    random = np.random.default_rng(seed)
    flags = []
    for _ in range(models):
        agreed = random.random(agreement.BASELINE) >= disagree
        later = random.random(1000) >= after
        flags.append(_first_flag([*agreed.tolist(), *later.tolist()]))
    return np.array(flags)


def _first_flag(agreed: list[bool]) -> int:
    """By the rule's own weights, without holding the sum: the first time it passes the limit."""
    n = agreement.BASELINE
    up, down = agreement._weights(agreement._guarded(n - sum(agreed[:n]), n))
    total = 0.0
    for place, agrees in enumerate(agreed[n:], start=1):
        total = max(0.0, total + (down if agrees else up))
        if total >= agreement.LIMIT:
            assert agreement.flagged(agreed[: n + place]) is not None
            return place
    return 0


@pytest.mark.parametrize("disagree", [0.03, 0.1, 0.2, 0.4])
def test_false_alarms_are_as_rare_as_the_documentation_says(disagree: float) -> None:
    """In 1,000 answers of steady agreement 6 to 13 of 100 models; 300 models have a standard error of 2 points."""
    share = float((simulated(disagree, disagree, 300, seed=1) > 0).mean())
    assert share <= 0.17, share


@pytest.mark.parametrize(("disagree", "slowest"), [(0.1, 120), (0.2, 80), (0.4, 70)])
def test_tripled_odds_of_disagreeing_are_found_soon(disagree: float, slowest: int) -> None:
    odds = 3 * disagree / (1 - disagree)
    found = simulated(disagree, odds / (1 + odds), 200, seed=2)
    assert (found > 0).mean() >= 0.95
    assert np.median(found[found > 0]) <= slowest


def test_a_hundred_thousand_are_counted_in_well_under_a_second() -> None:
    reviewed = [Reviewed("ab", "melanoma", place % 9 != 0, START) for place in range(100_000)]
    before = time.process_time()
    found = agreement.over_time(reviewed)
    assert time.process_time() - before < 0.6
    assert found.reviewed == 100_000


# on a real vault


@pytest.fixture
def photo(lesion: Picture) -> Picture:
    """The phantom passed off as a photograph: drawn pictures do not count."""
    return replace(lesion, phantom=False)


def sign(vault: Vault, patient: Patient, picture: Picture, answer: str, *, says: str = "melanoma") -> Exam:
    """A signed exam whose reading says ``says``."""
    exam = exams.take(vault, patient, TASK, picture)
    seen = look(modes.task(TASK), picture, quality=False)
    exam = exams.set_region(vault, exam, seen.region, seen.quality)
    exam = exams.set_reading(vault, exam, replace(seen.reading, answer=says))
    return exams.sign(vault, exams.review(vault, exam, answer), PASSWORD)


def test_signed_exams_of_this_package_count_in_their_last_version(
    vault: Vault, patient: Patient, photo: Picture, lesion: Picture
) -> None:
    first = sign(vault, patient, photo, "melanoma")
    sign(vault, patient, photo, "melanocytic_nevus")
    sign(vault, patient, lesion, "melanoma")  # a phantom
    ref = models.ready(TASK)
    assert agreement.of_model(vault, TASK, ref).sentence.startswith("Clinicians agreed with 1 of 2 answers.")
    amended = exams.amend(vault, first, "looked again")
    assert agreement.of_model(vault, TASK, ref).reviewed == 2  # what was signed counts while the draft is open
    exams.sign(vault, exams.review(vault, amended, "melanocytic_nevus"), PASSWORD)
    assert agreement.of_model(vault, TASK, ref).sentence.startswith("Clinicians agreed with 0 of 2 answers.")
    assert agreement.of_model(vault, TASK, ModelRef(ref.name, ref.version, "0" * 64)).reviewed == 0
    assert agreement.of_model(vault, "skin/rash", ref).reviewed == 0


def test_drops_names_the_task_of_a_package_in_use(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = models.of_task(TASK).ref
    dropped = [entry._replace(model=ref.sha256) for entry in signed(steady(10, 200) + steady(2, 60))]
    monkeypatch.setattr(vault.exams, "reviewed", lambda task: tuple(dropped) if task == TASK else ())
    (drop,) = agreement.drops(vault)
    assert drop.task == TASK
    assert drop.sentence.startswith("Agreement has dropped")


def test_drops_are_looked_for_again_when_another_exam_is_signed(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(vault.exams, "reviewed", lambda task: looked.append(task) or ())
    assert agreement.drops(vault) == agreement.drops(vault) == ()
    assert len(looked) == len(set(looked)) > 0
    vault.run(Operation("exam.sign", frozenset(), lambda db: None, "e1"))
    agreement.drops(vault)
    assert len(looked) == 2 * len(set(looked))
