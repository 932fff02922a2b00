"""The pages of a smear: what stands on them, whatever the names and numbers are."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pypdfium2
import pytest

from clinoscope.domain.differential import Differential, Line, Range, Remark, Side, Span
from clinoscope.domain.smear_sheet import Scale
from clinoscope.reports import GalleryCell, SmearReport, smear_pdf
from clinoscope.reports.smear import _bar_length

BAND = Line(
    id="band",
    name="Band neutrophil",
    count=12,
    percent=Span(12.0, 6.4, 20.0),
    absolute=Span(1.2, 0.64, 2.0),
    range=Range(percent=(0, 5), absolute=(0.1, 2.1), source="Somebody 1970"),
    percent_side=Side.HIGH,
)
OTHERS = Line(id="segmented", name="Segmented neutrophil", count=88, percent=Span(88.0, 80.0, 93.6))
NUCLEATED = Line(id="erythroblast", name="Erythroblast", count=5, per_100=Span(5.0, 1.6, 11.3))
FOUND = Differential(
    total=100,
    lines=(OTHERS, BAND, NUCLEATED),
    groups=(Line(id="neutrophils", name="Neutrophils", count=100, percent=Span(100.0, 96.4, 100.0), group=True),),
    shift=Span(0.14, 0.07, 0.25),
    young=Span(0.12, 0.06, 0.2),
    white_cells=10.5,
    corrected=10.0,
    not_counted=3,
    remarks=(Remark("young", "More than 10 % young neutrophils", "Over a tenth.", "Bone 1992."),),
)
REPORT = SmearReport(
    who=("Ada <b>Okafor</b>", "female"),
    about=("Blood smear: differential", "Begun today"),
    head="Smear report",
    differential=FOUND,
    fields=31,
    target=200,
    reviews=("Ada reviewed 103 cells and changed 4 of them.",),
    models=("Model neutrophil-type 2.0.0.",),
    foot=("Exam 1",),
    shortfall="the film is thin",
    left_out=("Fields 4 and 32 to 40: taken out unread.",),
    second=("Ben read 103 cells.", "Cohen's kappa 0.91."),
    comments=(("White cells", "Toxic granulation, moderate"),),
    note="Seen twice.",
)


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


def crop(side: int) -> bytes:
    """All green, to be found again on a rendered page."""
    done, data = cv2.imencode(".jpg", np.full((side, side, 3), (0, 200, 0), np.uint8))
    assert done
    return bytes(data)


def test_all_of_a_differential_stands_on_the_page() -> None:
    said = words(smear_pdf(REPORT))
    for part in (
        "Ada <b>Okafor</b>",
        "100 white cells in 31 fields",
        "Fewer than the 200 asked for: the film is thin",
        "Band neutrophil 12 12.0 high 6.4 to 20.0 0 to 5 1.20 0.1 to 2.1",
        "Erythroblast: 5, 5.0 in 100 white cells (1.6 to 11.3)",
        "White cell count 10.5 · 10⁹/L, 10.00 without erythroblasts",
        "Left-shift index (young over segmented neutrophils): 0.14 (0.07 to 0.25)",
        "More than 10 % young neutrophils",
        "Toxic granulation, moderate",
        "Seen twice.",
        "Ada reviewed 103 cells and changed 4 of them.",
        "Fields not counted",
        "Fields 4 and 32 to 40: taken out unread.",
        "Cohen's kappa 0.91.",
        "Model neutrophil-type 2.0.0.",
        "Set to not counted: 3",
        "Research use only; not a diagnosis.",
    ):
        assert part in said, part


def test_one_is_said_as_one() -> None:
    assert "1 white cell in 1 field" in words(
        smear_pdf(replace(REPORT, differential=replace(FOUND, total=1), fields=1))
    )


def test_without_a_white_cell_count_or_a_shift_their_lines_are_missing() -> None:
    bare = replace(FOUND, white_cells=None, corrected=None, shift=None, young=None, remarks=())
    said = words(smear_pdf(replace(REPORT, differential=bare, second=(), comments=(), note="")))
    assert "10⁹/L" not in said
    assert "Left-shift" not in said
    assert "Flags" not in said


def test_a_left_shift_that_waits_says_what_for() -> None:
    waiting = replace(FOUND, shift=None, young=None, total=11, waits_for=100)
    said = words(smear_pdf(replace(REPORT, differential=waiting)))
    assert "Left-shift index: not told under 100 white cells" in said
    assert "Young among" not in said
    early = replace(waiting, lines=(OTHERS, replace(NUCLEATED, per_100=None)))
    assert "Erythroblast: 5 White cell count" in words(smear_pdf(replace(REPORT, differential=early)))


def test_an_index_without_an_upper_limit_says_so() -> None:
    endless = replace(FOUND, shift=Span(9.0, 1.2, float("inf")))
    assert "9.00 (1.20 to no upper limit)" in words(smear_pdf(replace(REPORT, differential=endless)))


def test_the_gallery_is_to_scale_only_where_the_objective_was_calibrated() -> None:
    cells = tuple(GalleryCell(crop(100), 100, "Band", number) for number in range(1, 30))
    without = words(smear_pdf(replace(REPORT, gallery=cells)))
    assert "Not to scale: this objective was not calibrated" in without
    assert "29 Band" in without
    scale = Scale(objective="100x oil", micrometres=0.16, width=1440)
    said = words(smear_pdf(replace(REPORT, gallery=cells, scale=scale)))
    assert "the bar is 10 µm (100x oil, 0.1600 µm a pixel" in said


@pytest.mark.parametrize(("micrometres", "bar"), [(0.16, 10.0), (0.07, 5.0), (0.03, 2.0)])
def test_the_bar_fits_into_the_smallest_picture(micrometres: float, bar: float) -> None:
    cells = (GalleryCell(crop(90), 90, "Band", 1), GalleryCell(crop(160), 160, "Monocyte", 2))
    scale = Scale(objective="x", micrometres=micrometres, width=1440)
    assert _bar_length(replace(REPORT, gallery=cells, scale=scale)) == bar


def test_the_bar_is_as_long_as_it_says() -> None:
    cell = GalleryCell(crop(100), 200, "Band", 1)
    scale = Scale(objective="x", micrometres=0.1, width=1440)  # 10 µm are 100 of the crop's 200 field pixels
    pdf = smear_pdf(replace(REPORT, gallery=(cell,), scale=scale))
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        page = document[1].render(scale=4).to_numpy()
    green = (page[:, :, 1] > 150) & (page[:, :, 0] < 60) & (page[:, :, 2] < 60)
    top, left = np.argwhere(green).min(axis=0)
    bottom, right = np.argwhere(green).max(axis=0)
    ink = (page[top : bottom + 1, left : right + 1, :3] < 80).all(axis=2)
    rows = ink.sum(axis=1)
    assert rows.max() == pytest.approx(0.5 * (right - left + 1), rel=0.03)
