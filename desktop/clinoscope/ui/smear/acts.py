"""The panels of the bench, and what they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clinoscope.domain.access import Act
from clinoscope.domain.counts import many, numbered
from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.domain.record import Exam, User
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, Field
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.ui.exam.drops import PICTURES
from clinoscope.ui.exam.panels import DiscardPanel
from clinoscope.ui.file_dialogs import ask_open
from clinoscope.ui.page_acts import PageActs
from clinoscope.ui.smear import panels, sheet_panel
from clinoscope.ui.tasks import run_task
from clinoscope.workflow import exams
from clinoscope.workflow.smear import tables
from clinoscope.workflow.smear.bench import Bench
from clinoscope.workflow.smear.calibration import Objective

if TYPE_CHECKING:
    from clinoscope.ui.smear.page import SmearPage


class Acts(PageActs):
    """One per page."""

    def __init__(self, page: SmearPage) -> None:
        super().__init__(page)
        self._page = page

    def show_sheet(self) -> None:
        """What is written about the smear."""
        page = self._page
        if page.patient is not None:
            page.run(sheet_panel.lists, page.shell.open_vault, page.patient.id, done=self._open_sheet)

    def _open_sheet(self, found: sheet_panel.Lists) -> None:
        page = self._page
        if page.bench is None or page.state is None:
            return
        state = page.state
        panel = sheet_panel.SheetPanel(page, page.bench.sheet, state.counted, found, state.aside)

        def keep(changes: dict[str, Any]) -> None:
            page.change(lambda bench: bench.edit(**changes), lambda _: self.close_panel())

        def ask_reader(user: User | None) -> None:
            page.change(lambda bench: bench.invite(user))

        panel.wanted.connect(keep)
        panel.reader_wanted.connect(ask_reader)
        panel.calibrate_wanted.connect(self._ask_micrometer)
        panel.take_in_wanted.connect(self._take_in)
        self.open_panel(panel, panel.white_cells)

    def _take_in(self, numbers: tuple[int, ...]) -> None:
        def taken(_: object) -> None:
            verb = "counts" if len(numbers) == 1 else "count"
            self._page.shell.say(f"{numbered(numbers, 'Field', 'Fields')} {verb} again.")
            if isinstance(self.panel, sheet_panel.SheetPanel):
                self.panel.drop_fields(numbers)
            self._page.read_on()

        self._page.change(lambda bench: bench.take_in(numbers), taken)

    def _ask_micrometer(self, name: str) -> None:
        title = "Picture of a stage micrometer"
        ask_open(self._page, title, PICTURES, lambda path: self.calibrate(name, str(path)))

    def calibrate(self, name: str, path: str) -> None:
        """Measure an objective with a picture of a stage micrometer, and choose it in the sheet that is open."""
        vault = self._page.shell.open_vault

        def measure() -> Objective:
            from pathlib import Path

            from clinoscope.workflow.capture import open_picture
            from clinoscope.workflow.smear import calibration

            found = calibration.measure(open_picture(Path(path)), name, vault.user.name)
            calibration.keep(vault, found)
            return found

        def kept(found: Objective) -> None:
            self._page.shell.say(f"{found.name}: {found.micrometres:.3f} µm a pixel, from {found.lines} lines.")
            if isinstance(self.panel, sheet_panel.SheetPanel):
                self.panel.add_objective(found, chosen=True)
                self.panel.objective_name.set_text("")

        def refused(error: KnownError) -> None:
            if isinstance(self.panel, sheet_panel.SheetPanel):
                self.panel.objective_name.set_error(str(error))

        self._page.run(measure, done=kept, failed=refused)

    def ask_classes(self) -> None:
        """Add a class of the laboratory's own, or take one away."""
        page = self._page
        page.run(tables.own_classes, page.shell.open_vault, done=self._open_classes)

    def _open_classes(self, own: tuple[CellClass, ...]) -> None:
        page = self._page
        panel = panels.ClassesPanel(page, own)
        vault = page.shell.open_vault

        def kept(_: object) -> None:
            self.close_panel()
            if page.bench is not None:
                page.shell.go("smear", exam=page.bench.exam)

        panel.wanted.connect(
            lambda wanted: run_task(page, tables.set_own_classes, vault, wanted, done=kept, failed=panel.refuse)
        )
        self.open_panel(panel, panel.name)

    def show_reference(self) -> None:
        """Normal cells to hold one's own against."""
        page = self._page
        page.run(panels.references, page.shell.open_vault, done=self._open_reference)

    def _open_reference(self, shown: tuple[panels.Reference, ...]) -> None:
        cell = self._page.gallery.current
        # only what somebody decided on is fit to be held against others
        panel = panels.ReferencePanel(self._page, shown, cell.label if cell is not None and cell.reviewed else "")
        panel.put_wanted.connect(self._put_reference)
        panel.take_wanted.connect(lambda of: self._set_reference(of, None))
        self.open_panel(panel, None)

    def _put_reference(self, of: str) -> None:
        page, cell = self._page, self._page.gallery.current
        bench = page.bench
        if bench is not None and cell is not None:
            page.run(lambda: bench.crops([cell.number])[cell.number], done=lambda data: self._set_reference(of, data))

    def _set_reference(self, of: str, data: bytes | None) -> None:
        page = self._page
        page.run(tables.set_panel_picture, page.shell.open_vault, of, data, done=lambda _: self.show_reference())

    def ask_aside(self, number: int) -> None:
        """Ask before a field leaves the count."""
        page = self._page
        cells = sum(cell.field == number for cell in page.gallery.cells())
        panel = panels.set_aside(page, number, cells)

        def aside() -> None:
            self.close_panel()
            told = f"Field {number} is set aside. Sheet… takes it in again."
            page.change(lambda bench: bench.set_aside(number), lambda _: page.shell.say(told))

        panel.wanted.connect(aside)
        self.open_panel(panel, panel.keep)

    def ask_take_out(self) -> None:
        """Ask before the fields that are not read are left out."""
        page = self._page
        if page.state is None or not page.state.waiting or page.refuse_but_sorting(Act.EXAM_REVIEW):
            return
        panel = panels.take_out(page, page.state.waiting)

        def taken(fields: tuple[Field, ...]) -> None:
            page.gallery.setFocus()
            page.shell.say(f"{many(len(fields), 'field is', 'fields are')} taken out. Sheet… takes them in again.")

        def take_out() -> None:
            self.close_panel()
            page.change(lambda bench: bench.take_out(), taken)

        panel.wanted.connect(take_out)
        self.open_panel(panel, panel.keep)

    def add_cell(self, field: int, box: Box) -> None:
        """Add the cell in a box, and go to it: it waits for a decision as any other."""
        page = self._page

        def add(bench: Bench) -> Cell | NotAllowed:
            try:
                return bench.add_cell(field, box)
            except NotAllowed as error:
                return error  # a box that is refused drops nothing of what waits behind it

        def told(found: Cell | NotAllowed) -> None:
            if isinstance(found, NotAllowed):
                page.desk.add.refuse(found)
                return
            page.desk.leave_adding()
            page.gallery.go_to(found.number)
            page.shell.say(f"Cell {found.number} is added. Ctrl+Z takes it away again.")

        page.change(add, told, page.desk.add.refuse)

    def take_away(self, cell: Cell) -> None:
        """Take a cell away that was added by hand; undo brings it back."""
        page = self._page
        told = f"Cell {cell.number} is taken away. Ctrl+Z brings it back."
        if cell.seen.drawn_by is None:
            page.shell.say("Only a cell that was added by hand is taken away. 0 sets this one to not counted.")
        else:
            page.change(lambda bench: bench.take_away(cell.number), lambda _: page.shell.say(told))

    def ask_sign(self) -> None:
        """Open the signing panel."""
        page = self._page
        user = page.shell.user
        if page.state is None or page.patient is None or user is None:
            return
        panel = panels.SignPanel(page, page.state, page.patient, user.name)
        panel.wanted.connect(
            lambda password: page.change(lambda bench: bench.sign(password), self._signed, panel.refuse)
        )
        self.open_panel(panel, panel.password)

    def _signed(self, _exam: Exam) -> None:
        self.close_panel()
        self._page.intake.begin()  # what was told of files is over
        self._page.shell.say("Smear signed.")
        self._page.show_report()

    def note_report(self, how: str) -> None:
        """The report left the vault: ``save`` or ``print``."""
        page = self._page
        if page.state is not None:
            exam = page.state.exam
            page.run(exams.note_report, page.shell.open_vault, exam.id, exam.version, how, done=lambda _: None)

    def ask_amend(self) -> None:
        """Ask for the reason, then open the next version as a draft."""
        page = self._page
        if page.state is None or not page.signed:
            return
        self.amend(page.state.exam, "smear")

    def ask_discard(self) -> None:
        """Ask once, then give the draft up."""
        page = self._page
        if page.state is None or page.signed:
            return
        panel = DiscardPanel(page)
        vault = page.shell.open_vault

        def give_up() -> None:
            page.drop_files()
            page.change(lambda bench: exams.discard(vault, bench.exam), lambda _: self.discarded(panel))

        panel.wanted.connect(give_up)
        self.open_panel(panel, panel.keep)
