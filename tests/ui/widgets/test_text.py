from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets import ElidedLabel, label, tell


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
