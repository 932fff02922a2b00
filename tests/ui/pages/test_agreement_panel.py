"""Agreement over time on the window: empty, steady, dropped, late."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.reading import UNSURE, ModelRef
from clinoscope.domain.record import Reviewed
from clinoscope.ui import tasks, theme
from clinoscope.ui.pages.agreement_panel import HINT, AgreementPanel
from clinoscope.ui.pages.agreement_plot import point_words
from clinoscope.ui.shell import Shell
from clinoscope.workflow.agreement import Point
from clinoscope.workflow.models import Installed

REF = ModelRef("skin/lesion-photo", "1.0.0", "ab" * 32)
ENTRY = Installed("skin/lesion-photo", REF, Path(), "", ())
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def days(agreed: list[bool]) -> tuple[Reviewed, ...]:
    """An answer a day, every fifth reading unsure."""
    return tuple(
        Reviewed(REF.sha256, UNSURE if place % 5 == 4 else "melanoma", agrees, START + timedelta(days=place))
        for place, agrees in enumerate(agreed)
    )


STEADY = days([place % 10 != 0 for place in range(200)])
DROPPED = (*STEADY, *(entry._replace(at=entry.at + timedelta(days=200)) for entry in days([False, True] * 40)))


@pytest.fixture
def panel(shell: Shell, host: QWidget, at_once: None) -> AgreementPanel:
    made = AgreementPanel(shell, host)
    made.resize(780, 500)
    return made


@pytest.fixture
def reviews(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Callable[[tuple[Reviewed, ...]], None]:
    """Has the vault tell of these reviewed readings."""

    def give(found: tuple[Reviewed, ...]) -> None:
        monkeypatch.setattr(shell.open_vault.exams, "reviewed", lambda _task: found)

    return give


def test_with_nothing_reviewed_it_says_so_and_plots_nothing(panel: AgreementPanel) -> None:
    panel.show_for(ENTRY)
    assert panel.sentence.text() == "No reading of this model has been reviewed and signed yet."
    assert not panel.plot.isVisible()
    assert not panel.flag.isVisible()


def test_a_package_that_cannot_be_used_has_no_agreement(panel: AgreementPanel) -> None:
    panel.show_for(Installed("skin/rash", None, Path(), "", ("altered",)))
    assert "cannot be used" in panel.sentence.text()


def test_a_few_reviews_are_counted_without_a_plot(panel: AgreementPanel, reviews: Callable[..., None]) -> None:
    reviews(STEADY[:20])
    panel.show_for(ENTRY)
    assert "agreed with 14 of 16 answers" in panel.sentence.text()
    assert not panel.plot.isVisible()


def test_steady_agreement_is_plotted_and_not_flagged(panel: AgreementPanel, reviews: Callable[..., None]) -> None:
    reviews(STEADY)
    panel.show_for(ENTRY)
    assert panel.plot.isVisible()
    assert not panel.flag.isVisible()
    assert panel.sentence.property("tone") == "ink"
    assert panel.plot.accessibleDescription() == panel.sentence.text()


def test_a_drop_is_said_in_words_and_in_amber(panel: AgreementPanel, reviews: Callable[..., None]) -> None:
    reviews(DROPPED)
    panel.show_for(ENTRY)
    assert panel.flag.isVisible()
    assert panel.flag.text() == "Agreement dropped"
    assert "Flagged since" in panel.sentence.text()
    assert panel.sentence.property("tone") == "amber"
    assert has_color(panel.plot.grab().toImage(), theme.token("amber"))
    reviews(STEADY)
    panel.show_for(ENTRY)
    assert not panel.flag.isVisible()


def test_the_keyboard_goes_from_point_to_point(panel: AgreementPanel, reviews: Callable[..., None]) -> None:
    reviews(STEADY)
    panel.show_for(ENTRY)
    points: list[Point] = []
    panel.plot.pointed.connect(points.append)
    panel.plot.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Left):
        QTest.keyClick(panel.plot, key)
    first, again, second, last, before = points
    assert first == again
    assert first.at < second.at < before.at < last.at
    assert panel.point.text() == point_words(before)
    assert "cannot judge 0 %" in panel.point.text()
    panel.plot.point_at(-1)
    assert panel.point.text() == HINT


def test_the_mouse_finds_the_nearest_point(panel: AgreementPanel, reviews: Callable[..., None]) -> None:
    reviews(STEADY)
    panel.show_for(ENTRY)
    points: list[Point] = []
    panel.plot.pointed.connect(points.append)
    QTest.mouseMove(panel.plot, panel.plot.rect().topLeft())
    QTest.mouseMove(panel.plot, panel.plot.rect().center())
    QTest.qWait(20)
    assert points
    assert STEADY[60].at < points[-1].at < STEADY[-1].at


def test_what_comes_late_for_another_model_is_dropped(
    shell: Shell, host: QWidget, reviews: Callable[..., None]
) -> None:
    held: list[Callable[[], None]] = []

    class Later:
        def start(self, work: Callable[[], None]) -> None:
            held.append(work)

    before = tasks.use_pool(Later())
    try:
        panel = AgreementPanel(shell, host)
        reviews(DROPPED)
        panel.show_for(ENTRY)
        panel.show_for(Installed("skin/lesion-photo", ModelRef("other", "1", "0" * 64), Path(), "", ()))
        assert "Counting" in panel.sentence.text()
        for work in reversed(held):
            work()
        assert "No reading of this model" in panel.sentence.text()
    finally:
        tasks.use_pool(before)


def has_color(image: QImage, wanted: str) -> bool:
    colors = {image.pixelColor(x, y).name().upper() for x in range(image.width()) for y in range(0, image.height(), 7)}
    return wanted in colors
