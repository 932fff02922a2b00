from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from clinoscope.ui.widgets import ElidedLabel, label, tell
from clinoscope.ui.widgets.text import tell_in_sight


def test_words_are_words_and_never_markup() -> None:
    assert label("<b>Ada</b>").textFormat() is Qt.TextFormat.PlainText


def test_what_does_not_fit_is_in_the_tool_tip(host: QWidget) -> None:
    made = ElidedLabel("Joana Ferreira da Silva e Costa")
    made.setParent(host)
    made.setGeometry(0, 0, 80, 24)
    made.show()
    made.grab()
    assert made.toolTip() == "Joana Ferreira da Silva e Costa"
    made.setGeometry(0, 0, 600, 24)
    made.grab()
    assert made.toolTip() == ""


def test_what_is_told_is_there_while_it_says_something(host: QWidget) -> None:
    made = label(parent=host)
    tell(made, "It could not be saved.", "danger")
    assert made.isVisible()
    assert (made.text(), made.property("tone")) == ("It could not be saved.", "danger")
    tell(made, "", "ink")
    assert not made.isVisible()


def test_a_line_is_cut_where_its_margin_begins(host: QWidget) -> None:
    made = ElidedLabel("Joana Ferreira da Silva e Costa")
    made.setParent(host)
    made.setGeometry(0, 0, made.sizeHint().width(), 24)
    made.setContentsMargins(24, 0, 0, 0)
    made.show()
    made.grab()
    assert made.toolTip() == "Joana Ferreira da Silva e Costa"


def test_how_something_ended_is_scrolled_to(host: QWidget) -> None:
    scroll, content = QScrollArea(host), QWidget()
    rows = QVBoxLayout(content)
    rows.addSpacing(600)
    made = label("", wrap=True, parent=content)
    made.hide()
    rows.addWidget(made)
    scroll.setWidgetResizable(True)
    scroll.setWidget(content)
    scroll.setGeometry(0, 0, 200, 100)
    scroll.show()
    tell_in_sight(made, "The backup was not finished. See that its disk is connected, then try again.", "danger")
    QTest.qWait(20)
    assert made.visibleRegion().boundingRect().height() == made.height()
    tell_in_sight(made, "", "ink")
    assert not made.isVisible()
