from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.pages.ranges_panel import OWN, SHIPPED, RangesPanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow.smear import ranges_csv, tables
from clinoscope.workflow.smear.tables import RangeRow

ROW = RangeRow(of="band", from_months=1, percent=(0.0, 5.0), source="ours")


@pytest.fixture
def panel(shell: Shell, host: QWidget, at_once: None) -> Iterator[RangesPanel]:
    made = RangesPanel(host, shell)
    made.open_fresh()
    yield made
    made.hide()


def test_what_holds_is_shown(panel: RangesPanel) -> None:
    assert panel.whose.text() == SHIPPED
    assert not panel.shipped.isVisible()
    assert "from 11 years: 40–75" in panel.table.text()
    assert not panel.said.isVisible()


def test_a_table_goes_out_and_a_changed_one_in(panel: RangesPanel, shell: Shell, tmp_path: Path) -> None:
    panel.save_to(tmp_path / "ranges.csv")
    assert ranges_csv.of_csv((tmp_path / "ranges.csv").read_bytes()) == tables.ranges()
    (tmp_path / "ours.csv").write_bytes(ranges_csv.to_csv([ROW]))
    panel.take_from(tmp_path / "ours.csv")
    assert tables.ranges(shell.open_vault) == (ROW,)
    assert panel.whose.text() == OWN
    assert "Band neutrophil\nfrom 1 month: 0–5" in panel.table.text()
    panel.shipped.click()
    assert tables.ranges(shell.open_vault) == tables.ranges()
    assert panel.whose.text() == SHIPPED


def test_a_wrong_table_changes_nothing_and_says_where(panel: RangesPanel, shell: Shell, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(ranges_csv.to_csv([ROW]).replace(b"band,1,,0,5", b"band,1,,5,0"))
    panel.take_from(wrong)
    assert panel.said.text().startswith("Nothing was changed.\nLine 2: ")
    panel.take_from(tmp_path / "gone.csv")
    assert "could not be read" in panel.said.text()
    wrong.write_bytes(ranges_csv.to_csv([ROW]).replace(b"band", b"bend"))
    panel.take_from(wrong)
    assert "“bend”" in panel.said.text()
    assert tables.ranges(shell.open_vault) == tables.ranges()


def test_a_place_that_cannot_be_written_is_told(panel: RangesPanel, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    panel.save_to(tmp_path / "file" / "ranges.csv")
    assert "could not be saved" in panel.said.text()
