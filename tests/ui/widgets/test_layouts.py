from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinoscope.ui.widgets import label
from clinoscope.ui.widgets.layouts import clear


def test_what_is_taken_out_is_not_seen_any_more(host: QWidget) -> None:
    page = QWidget(host)
    column, line = QVBoxLayout(page), label("Words")
    column.addWidget(line)
    column.addStretch(1)
    page.show()
    assert line.isVisible()
    clear(column)
    assert column.count() == 0
    assert not line.isVisible()
