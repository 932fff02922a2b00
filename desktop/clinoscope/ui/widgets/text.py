"""Words on the window, in the roles of the type scale."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QWidget

from clinoscope.ui import theme


def label(
    text: str = "",
    role: str = "body",
    tone: str = "ink",
    *,
    wrap: bool = False,
    weight: str | None = None,
    parent: QWidget | None = None,
) -> QLabel:
    """A label in a type role (``answer title heading body small tiny``) and a tone
    (``ink secondary accent amber slate danger on-stage``)."""
    made = QLabel(text, parent)
    made.setFont(theme.font(role, weight))
    made.setProperty("tone", tone)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def set_tone(made: QLabel, tone: str) -> None:
    """Change the tone of a label."""
    if made.property("tone") != tone:
        made.setProperty("tone", tone)
        restyle(made)


def tell(made: QLabel, words: str, tone: str) -> None:
    """Say something on a label that is there only while it says something; "" takes it away."""
    made.setText(words)
    set_tone(made, tone)
    made.setVisible(bool(words))


def tell_in_sight(made: QLabel, words: str, tone: str) -> None:
    """``tell``, and scroll to it: how something ended is not to stand below the window's edge."""
    tell(made, words, tone)
    above = made.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    if words and above is not None:
        QTimer.singleShot(0, made, partial(above.ensureWidgetVisible, made))  # the page grows by these lines first


def restyle(widget: QWidget) -> None:
    """Have the style sheet look at a widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def hairline(*, vertical: bool = False) -> QFrame:
    """A line one pixel thin."""
    line = QFrame()
    line.setObjectName("Hairline")
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line


class ElidedLabel(QLabel):
    """One line that ends in … where it does not fit; the whole of it is in the tool tip."""

    def __init__(self, text: str = "", role: str = "body", tone: str = "ink", weight: str | None = None) -> None:
        super().__init__(text)
        self.setFont(theme.font(role, weight))
        self.setProperty("tone", tone)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        metrics = QFontMetrics(self.font())
        room = self.contentsRect()
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(theme.color(str(self.property("tone"))))
        painter.drawText(room, self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)
