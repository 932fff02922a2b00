from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

from clinoscope.ui.widgets.scroll import ScrollBody
from clinoscope.ui.widgets.text import label


def area(host: QWidget, height: int) -> QScrollArea:
    scroll = QScrollArea(host)
    scroll.setWidgetResizable(True)
    body = ScrollBody()
    column = QVBoxLayout(body)
    for _ in range(6):
        column.addWidget(label("Erythema of the lips, against the white card", "small", wrap=True))
    column.addStretch(1)
    scroll.setWidget(body)
    scroll.resize(360, height)
    scroll.show()
    QApplication.processEvents()
    return scroll


def test_words_that_fit_are_not_scrolled(host: QWidget) -> None:
    needed = area(host, 400).widget().heightForWidth(340)
    assert area(host, needed + 12).verticalScrollBar().maximum() == 0


def test_what_does_not_fit_is_scrolled_to_its_end(host: QWidget) -> None:
    scroll = area(host, 80)
    body = scroll.widget()
    assert body.height() >= body.heightForWidth(body.width())
    assert scroll.verticalScrollBar().maximum() == body.height() - scroll.viewport().height()
