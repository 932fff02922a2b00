"""What the page of a smear says of an exam in the vault."""

import numpy as np
import pypdfium2
import pytest

from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.region import Box
from clinoscope.domain.smear_sheet import Scale
from clinoscope.records import Vault
from clinoscope.workflow import exams, models, people
from clinoscope.workflow.capture import from_frame
from clinoscope.workflow.smear import collect, comments, report
from clinoscope.workflow.smear.bench import Bench

PASSWORD = "a long enough one"


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


@pytest.fixture
def bench(vault: Vault, patient: Patient, fields: tuple[Picture, ...]) -> Bench:
    bench = Bench(vault, collect.begin(vault, patient, target=3))
    for field in fields[:2]:
        bench.add_field(field)
    while bench.read_next() is not None:
        pass
    return bench


def test_a_draft_says_what_is_missing_and_a_signed_one_who_signed(vault: Vault, bench: Bench) -> None:
    said = words(exams.report(vault, bench.exam))
    assert "Draft" in said
    assert f"{len(bench.cells)} cells not reviewed: they stand in the class that the program suggests." in said
    assert "Phantom: drawn by Clinoscope" in said
    bench.confirm(cell.number for cell in bench.cells)
    bench.decide([cell.number for cell in bench.cells if cell.label == "unidentified"], "not_counted")
    bench.decide([bench.cells[0].number], "monocyte")
    bench.edit(
        shortfall="a short stretch",
        comments=("toxic_granulation:2", "platelets_few"),
        white_cells=7.5,
        scale=Scale(objective="100x oil", micrometres=0.09, width=700),
    )
    signed: Exam = bench.sign(PASSWORD)
    said = words(exams.report(vault, signed))
    assert "Draft" not in said
    for part in (
        "Test Person",
        "46 years, born 1980-02-03",
        "Signed by Ada, ",
        "White cells: Toxic granulation, moderate",
        "Platelets: Platelets look few",
        "Model neutrophil-type ",
        "Reference ranges: Davis's",
        "Research use only; not a diagnosis.",
        "Fields, cells and decisions SHA-256",
        "0.0900 µm a pixel",
    ):
        assert part in said, part
    assert "Ada reviewed" in said


def test_a_signed_one_keeps_the_words_of_the_laboratorys_own_comments(vault: Vault, bench: Bench) -> None:
    repeat = comments.make("Repeat", "Please send a fresh sample in EDTA.")
    comments.set_own(vault, [repeat, comments.make("Seen twice")])
    bench.edit(comments=tuple(entry.id for entry in comments.own(vault)), shortfall="a short stretch")
    bench.confirm(cell.number for cell in bench.cells)
    bench.decide([cell.number for cell in bench.cells if cell.label == "unidentified"], "not_counted")
    signed = bench.sign(PASSWORD)
    comments.set_own(vault, [comments.make("Repeat", "Other words.")])
    said = words(exams.report(vault, signed))
    assert "Please send a fresh sample in EDTA. Seen twice" in said
    assert "Other words" not in said
    assert vault.verify().ok
    again = Bench(vault, exams.amend(vault, signed, "looked at again"))
    assert again.comments == ("Please send a fresh sample in EDTA.", "Seen twice")


def test_it_says_who_added_cells_by_hand_and_what_ranges_wait_for(vault: Vault, bench: Bench) -> None:
    taken = [cell.seen.box.padded(0.3) for cell in bench.cells if cell.field == 1]
    places = (Box(x, y, 60, 60) for y in range(40, 400, 20) for x in range(40, 600, 20))
    bench.add_cell(1, next(box for box in places if all(box.shared(other) == 0 for other in taken)))
    bench.edit(target=50)
    said = words(exams.report(vault, bench.exam))
    assert "Ada added 1 cell by hand that the program had not found." in said
    assert "Ranges and remarks on shares are told from 50 white cells on." in said


def test_it_names_the_fields_that_are_not_counted_with_why(vault: Vault, bench: Bench) -> None:
    noise = np.random.default_rng(0)
    for _ in range(3):
        bench.add_field(from_frame(noise.integers(0, 255, (90, 120, 3), dtype=np.uint8), Origin.FILE, ""))
    bench.set_aside(2)
    last = bench.smear.fields[-1].number
    said = words(exams.report(vault, bench.exam))
    assert "Fields not counted" in said
    assert "Field 2: set aside by hand." in said
    assert f"Fields {last - 2} to {last}: not read yet." in said
    bench.take_out()
    assert f"Fields {last - 2} to {last}: taken out unread." in words(exams.report(vault, bench.exam))


def test_a_scale_of_another_picture_size_is_not_printed(vault: Vault, bench: Bench) -> None:
    bench.edit(scale=Scale(objective="100x oil", micrometres=0.09, width=701))
    assert "Not to scale" in words(report.of_exam(vault, bench.exam))


def test_the_versions_of_an_amended_smear_name_each_other(vault: Vault, bench: Bench) -> None:
    bench.confirm(cell.number for cell in bench.cells)
    bench.decide([cell.number for cell in bench.cells if cell.label == "unidentified"], "not_counted")
    bench.edit(shortfall="a short stretch")
    signed = bench.sign(PASSWORD)
    again = Bench(vault, exams.amend(vault, signed, "one cell was wrong")).sign(PASSWORD)
    assert "Version 2 of 2. Amended: one cell was wrong" in words(exams.report(vault, again))
    assert "Version 1 of 2. A later version replaces this one." in words(exams.report(vault, signed))


def test_it_says_under_which_number_it_was_made_once_that_was_merged(
    vault: Vault, patient: Patient, bench: Bench
) -> None:
    assert "made under" not in words(exams.report(vault, bench.exam))
    kept = exams.new_patient(vault, name="Kept Person", identifier="17-X")
    people.merge(vault, patient.id, kept, "same card")
    said = words(exams.report(vault, bench.exam))
    assert f"No. 17-X · made under No. {patient.identifier}" in said
    assert "Kept Person" in said


def test_it_says_that_cells_were_read_with_caution(vault: Vault, bench: Bench) -> None:
    count = len(bench.smear.standing())
    pdf = words(report.of_exam(vault, bench.exam))
    assert f"{count} of {count} cells were read with caution" in pdf
    assert "when it answers" not in pdf, "what the models do where they learned is not what was done here"


@pytest.mark.parametrize(("cautious", "told"), [(0, False), (2, True), (5, True)])
def test_the_figures_of_the_models_are_those_of_how_the_cells_were_read(cautious: int, told: bool) -> None:
    model = models.of_task("neutrophil/type").ref
    lines = report.model_lines([model, model], 5, cautious)
    assert len(lines) == 1 + told
    assert ("when it answers" in lines[0]) == (cautious < 5)
    assert ("it had never seen" in lines[0]) == (cautious > 0)


def test_without_a_choice_the_cells_least_doubted_are_shown(bench: Bench) -> None:
    chosen = report.chosen_cells(bench.cells, ())
    assert all(cell.label != "not_counted" for cell in chosen)
    numbers = [bench.cells[1].number]
    assert [cell.number for cell in report.chosen_cells(bench.cells, numbers)] == numbers
