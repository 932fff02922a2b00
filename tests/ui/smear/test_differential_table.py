from dataclasses import replace

from PySide6.QtWidgets import QApplication, QWidget

from clinoscope.domain.differential import Differential, Line, Range, Side, Span
from clinoscope.ui.smear import side as bench_side
from clinoscope.ui.smear.differential_table import DifferentialTable, figure, interval, side, spoken, tip

SEG = Line(
    id="segmented",
    name="Segmented neutrophil",
    count=54,
    percent=Span(54.0, 43.7, 64.0),
    absolute=Span(4.1, 3.3, 4.9),
    range=Range(percent=(40, 75), absolute=(2, 7), source="Somebody, 2020"),
)
ERY = Line(id="erythroblast", name="Erythroblast", count=3, per_100=Span(3.0, 1.0, 8.0))
LOW = Line(
    id="lymphocytes",
    name="Lymphocytes, reactive ones included",
    count=4,
    percent=Span(4.0, 1.1, 9.9),
    percent_side=Side.LOW,
    group=True,
)


def test_lines_with_cells_are_shown_and_groups_beneath(host: QWidget) -> None:
    table = DifferentialTable(host)
    none = Line(id="basophil", name="Basophil", count=0, percent=Span(0.0, 0.0, 3.6))
    table.show_differential(Differential(total=100, lines=(SEG, none, ERY), groups=(LOW,)))
    assert [line.id for line in table.lines()] == ["segmented", "erythroblast", "lymphocytes"]
    assert table.height() == table.sizeHint().height() > 80
    table.show()
    table.repaint()
    table.show_differential(Differential(total=0))
    assert table.height() == 0


def test_words_and_figures() -> None:
    assert figure(9.9) == "9.9"
    assert figure(9.96) == "10"
    assert interval(Span(4.0, 1.13, 12.6)) == "1.1–13"
    assert interval(None) == ""
    assert spoken(SEG) == "Segmented neutrophil 54, 54 percent, between 44 and 64"
    assert spoken(LOW).endswith("low")
    assert spoken(ERY) == "Erythroblast 3"
    assert "Range 40–75 %" in tip(SEG)
    assert "4.10 · 10⁹/L" in tip(SEG)
    assert "Somebody, 2020" in tip(SEG)


def test_a_long_name_is_cut_and_never_what_lies_outside(host: QWidget) -> None:
    table = DifferentialTable(host)
    table.resize(276, 100)
    assert table._fitted("Band", " ↓") == "Band ↓"
    cut = table._fitted("Großer granulierter Lymphozyt", " ↑")
    assert cut.endswith("… ↑")


def test_the_names_of_the_bench_are_whole_beside_their_mark(host: QWidget) -> None:
    shown = bench_side.Side(host)
    shown.resize(bench_side.WIDTH, 700)
    shown.show()
    shown.table.show_differential(Differential(total=100, lines=(SEG,) * 40))  # so many that there is a scroll bar
    QApplication.processEvents()
    assert shown.table.width() < bench_side.WIDTH - 50
    assert shown.table._fitted("Segmented neutrophil", " ↑") == "Segmented neutrophil ↑"


def test_what_lies_outside_by_its_absolute_count_alone_is_said_too() -> None:
    high = replace(SEG, absolute_side=Side.HIGH)
    assert side(high) == "high"
    assert spoken(high).endswith(", high")
    assert tip(high).startswith("Segmented neutrophil: high")
    assert side(SEG) == ""
