from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from clinoscope.domain.reading import MEASURED, Measure, ModelRef, Reading
from clinoscope.domain.record import ExamState, Review
from clinoscope.ui.compare.facts import Facts, VisitFacts
from clinoscope.ui.compare.work import Pair

MODEL = ModelRef("lip-pallor", "1.0.0", "0" * 64)


def reading(*values: float) -> Reading:
    names = ("pallor index", "redness")
    measures = tuple(Measure(name, value, 4.0) for name, value in zip(names, values, strict=False))
    return Reading("anemia/lip", MEASURED, MODEL, measures=measures)


def test_all_that_is_known_of_a_visit_stands_under_it(app: object, pair: Callable[..., Pair]) -> None:
    exam = replace(
        pair().after.exam,
        task="anemia/lip",
        reading=reading(41, 12),
        review=Review(answer=MEASURED, agrees=True, comment="After the tablets."),
    )
    facts = VisitFacts(exam)
    assert facts.lines == [
        "Pallor index 41 ± 4",
        "Redness 12 ± 4",
        "Clinician agrees · After the tablets.",
        "lip-pallor 1.0.0",
    ]
    assert facts.accessibleName().startswith("3 Jun 2026, Pallor index 41 ± 4")
    draft = VisitFacts(replace(exam, state=ExamState.DRAFT, review=None))
    assert draft.lines[2] == "Not signed"


def test_the_change_from_another_visit_is_not_told_beside_the_one_compared_with(
    app: object, pair: Callable[..., Pair]
) -> None:
    said = reading(41, 12)
    exam = pair().after.exam
    said = replace(said, measures=(*said.measures, Measure("Change from earlier", -2.0, 7.0)))
    assert not any("Change" in line for line in VisitFacts(replace(exam, task="anemia/lip", reading=said)).lines)


def test_what_exceeds_its_uncertainty_is_read_first(app: object, pair: Callable[..., Pair]) -> None:
    made = pair()
    before = replace(made.before.exam, task="anemia/lip", reading=reading(41, 12))
    after = replace(made.after.exam, task="anemia/lip", reading=reading(43, 40))
    sentences = Facts(before, after).sentences
    assert [sentence.split(":")[0] for sentence in sentences] == ["Redness", "Pallor index"]
