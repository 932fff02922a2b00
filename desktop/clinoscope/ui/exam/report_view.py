"""The report inside the window: its pages as they will print, to save or print."""

from __future__ import annotations

import math
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.ui.file_dialogs import ask_save
from clinoscope.ui.tasks import Latest, run_task
from clinoscope.ui.widgets import ElidedLabel, IconButton, PrimaryButton, QuietButton, label
from clinoscope.ui.widgets.keys import Keys

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrintDialog

PAGE_WIDTH = 760
"""Widget pixels of a page at 100 %: A4 at about 92 dots an inch, its true size on most screens."""
ZOOMS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
PRINT_WIDTH = 2480
"""Pixels across an A4 page at 300 dots an inch."""

_ONE_AT_A_TIME = threading.Lock()
"""PDFium must not be called from two threads at once (its own README says so)."""

ONE_ROW = 1200
"""Width from which the title and all that can be done with a report have room beside each other."""

KEYS: Keys = (
    ("Ctrl+S", "Save the report"),
    ("Ctrl+P", "Print"),
    ("Ctrl +  −  0", "Zoom in, out, true size"),
    ("Page Up, Page Down", "Turn pages"),
    ("Esc", "Back to the exam"),
)


class ReportView(QWidget):
    """``back_wanted`` leads to the exam, ``patient_wanted`` to its patient, ``said`` carries a quiet word,
    ``warned`` a sentence about what went wrong. ``whole_wanted`` carries whether the picture is to be shown outside
    its region, ``picture_wanted`` asks for the picture as a file."""

    back_wanted = Signal()
    patient_wanted = Signal()
    said = Signal(str)
    warned = Signal(str)
    whole_wanted = Signal(bool)
    picture_wanted = Signal()
    left = Signal(str)
    """The report left the vault: ``save`` or ``print``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pdf = b""
        self._name = ""
        self._zoom = 1.0
        self._counting = Latest(self)
        self._dialog: QPrintDialog | None = None
        self.pages: list[PageSheet] = []
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName("Report")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(120)
        self._again.timeout.connect(self._render)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head())
        layout.addWidget(self._scroll, 1)

    def _head(self) -> QWidget:
        head = QWidget()
        self._bar = QBoxLayout(QBoxLayout.Direction.LeftToRight, head)
        self._bar.setContentsMargins(24, 8, 24, 8)
        self._bar.setSpacing(8)
        name, row = QHBoxLayout(), QHBoxLayout()
        for part in (name, row):
            part.setSpacing(8)
        back = IconButton("ph.arrow-left", "Back to the exam (Esc)")
        back.clicked.connect(self.back_wanted)
        self._title = ElidedLabel("Report", "heading")
        self._percent = label("100 %", "small", "secondary")
        less = IconButton("ph.minus", "Smaller (Ctrl −)")
        more = IconButton("ph.plus", "Larger (Ctrl +)")
        less.clicked.connect(lambda: self.zoom_step(-1))
        more.clicked.connect(lambda: self.zoom_step(1))
        self.save = QuietButton("Save report…", icon="ph.floppy-disk", tip="Save the report (Ctrl+S)")
        self.save.clicked.connect(self.ask_where)
        self.print = QuietButton("Print…", icon="ph.printer", tip="Print (Ctrl+P)")
        self.print.clicked.connect(self.ask_printer)
        self.picture = QuietButton("Save picture…", icon="ph.image", tip="The picture alone, without what names anyone")
        self.picture.clicked.connect(self.picture_wanted)
        self.whole = QCheckBox("Whole picture")
        self.whole.setToolTip("Show what lies around the region, too. The record stays as it is.")
        self.whole.toggled.connect(self.whole_wanted)
        self.done = PrimaryButton("Back to the patient")
        self.done.clicked.connect(self.patient_wanted)
        name.addWidget(back)
        name.addWidget(self._title, 1)
        name.addWidget(self.whole)
        for widget in (less, self._percent, more):
            row.addWidget(widget)
        row.addSpacing(8)
        row.addStretch(1)
        for button in (self.picture, self.save, self.print, self.done):
            row.addWidget(button)
        self._bar.addLayout(name, 1)
        self._bar.addLayout(row)
        return head

    def show_pdf(self, pdf: bytes, name: str, title: str) -> None:
        """Show a report. ``name`` is offered when saving; it must name no patient."""
        self._pdf, self._name, self._zoom = pdf, name, 1.0
        self._title.setText(title)
        self._counting.run(_count, pdf, done=self._lay_out)
        self._scroll.setFocus()

    def show_whole(self, whole: bool, possible: bool) -> None:
        """Whether the picture is shown outside its region; where there is no other way, the switch is not offered."""
        self.whole.blockSignals(True)
        self.whole.setChecked(whole)
        self.whole.blockSignals(False)
        self.whole.setVisible(possible)

    @property
    def pdf(self) -> bytes:
        return self._pdf

    def zoom_step(self, step: int) -> None:
        """One step larger (1) or smaller (-1); 0 for true size."""
        place = ZOOMS.index(self._zoom) + step if step else ZOOMS.index(1.0)
        self._zoom = ZOOMS[min(max(place, 0), len(ZOOMS) - 1)]
        self._percent.setText(f"{self._zoom * 100:.0f} %")
        for sheet in self.pages:
            sheet.set_width(round(PAGE_WIDTH * self._zoom))
        self._again.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        acts = {
            Qt.Key.Key_Plus: lambda: self.zoom_step(1),
            Qt.Key.Key_Equal: lambda: self.zoom_step(1),
            Qt.Key.Key_Minus: lambda: self.zoom_step(-1),
            Qt.Key.Key_0: lambda: self.zoom_step(0),
            Qt.Key.Key_S: self.ask_where,
            Qt.Key.Key_P: self.ask_printer,
        }
        act = acts.get(Qt.Key(event.key())) if control else None
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        one = event.size().width() >= ONE_ROW
        self._bar.setDirection(QBoxLayout.Direction.LeftToRight if one else QBoxLayout.Direction.TopToBottom)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_step(1 if event.angleDelta().y() > 0 else -1)
            return
        super().wheelEvent(event)

    # save and print

    def ask_where(self) -> None:
        """Ask for a file and write the report there."""
        ask_save(self, "Save report", self._name, "PDF (*.pdf)", self.save_to)

    def ask_where_picture(self, name: str, data: bytes) -> None:
        """Ask for a file and write a picture there. ``name`` is offered; it must name no patient."""
        kind = f"Picture (*{Path(name).suffix})"
        ask_save(self, "Save picture", name, kind, lambda path: self.save_picture_to(path, data))

    def save_picture_to(self, path: Path, data: bytes) -> None:
        """Write a picture to a file."""
        run_task(
            self,
            _write,
            path,
            data,
            "picture",
            done=lambda _: self.said.emit("Picture saved."),
            failed=self._warn,
        )

    def save_to(self, path: Path) -> None:
        """Write the report to a file."""
        run_task(
            self,
            _write,
            path,
            self._pdf,
            "report",
            done=lambda _: self._left("save", "Report saved."),
            failed=self._warn,
        )

    def ask_printer(self) -> None:
        """Ask for a printer and print the report there."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        pdf = self._pdf
        dialog.accepted.connect(
            lambda: run_task(
                self,
                print_pdf,
                pdf,
                printer,
                done=lambda _: self._left("print", "Sent to the printer."),
                failed=self._warn,
            )
        )
        self._dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        QDialog.open(dialog)

    def _left(self, how: str, words: str) -> None:
        self.left.emit(how)
        self.said.emit(words)

    def _warn(self, error: KnownError) -> None:
        self.warned.emit(str(error))

    # pages

    def _lay_out(self, count: int) -> None:
        body = QWidget()
        body.setObjectName("Stage")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(24)
        self.pages = [PageSheet(round(PAGE_WIDTH * self._zoom), index + 1, count) for index in range(count)]
        for sheet in self.pages:
            column.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._scroll.setWidget(body)
        self._percent.setText(f"{self._zoom * 100:.0f} %")
        self._render()

    def _render(self) -> None:
        width = math.ceil(PAGE_WIDTH * self._zoom * self.devicePixelRatioF())
        for index, sheet in enumerate(self.pages):
            run_task(sheet, render_page, self._pdf, index, width, done=sheet.show_image)


class PageSheet(QWidget):
    """One page: white paper until its picture is there."""

    def __init__(self, width: int, number: int, count: int) -> None:
        super().__init__()
        self._image = QImage()
        self.setAccessibleName(f"Page {number} of {count}")
        self.set_width(width)

    @property
    def shown(self) -> bool:
        return not self._image.isNull()

    def set_width(self, width: int) -> None:
        share = self._image.height() / self._image.width() if self.shown else math.sqrt(2)
        self.setFixedSize(QSize(width, round(width * share)))

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.set_width(self.width())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.shown:
            painter.fillRect(self.rect(), Qt.GlobalColor.white)
        elif self._image.width() == round(self.width() * self.devicePixelRatioF()):
            self._image.setDevicePixelRatio(self.devicePixelRatioF())
            painter.drawImage(QPoint(0, 0), self._image)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._image)
        painter.end()


def render_page(pdf: bytes, page: int, width: int) -> QImage:
    """One page, ``width`` pixels wide. For workers."""
    from clinoscope.workflow import reports

    with _ONE_AT_A_TIME:
        pixels = reports.render(pdf, page, width)
    height, across = pixels.shape[:2]
    return QImage(pixels.tobytes(), across, height, across * 3, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


def print_pdf(pdf: bytes, printer: object) -> None:
    """Paint every page on the printer. For workers: Qt allows a printer to be painted on there."""
    from PySide6.QtPrintSupport import QPrinter

    assert isinstance(printer, QPrinter)
    painter = QPainter()
    if not painter.begin(printer):
        raise KnownError("The printer does not answer. Check that it is switched on, then print again.")
    room = QRectF(printer.pageRect(QPrinter.Unit.DevicePixel))
    for page in range(_count(pdf)):
        if page:
            printer.newPage()
        image = render_page(pdf, page, PRINT_WIDTH)
        height = room.width() * image.height() / image.width()
        painter.drawImage(QRectF(0, 0, room.width(), height), image)
    painter.end()


def _count(pdf: bytes) -> int:
    from clinoscope.workflow import reports

    with _ONE_AT_A_TIME:
        return reports.page_count(pdf)


def _write(path: Path, data: bytes, what: str) -> None:
    from clinoscope.workflow.files import save

    try:
        save(path, data, f"The {what}")
    except KnownError as error:
        raise KnownError(f"{error} The exam itself is safe.") from None
