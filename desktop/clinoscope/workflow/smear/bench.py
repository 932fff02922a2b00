"""The bench itself: one open smear, its cells in their classes, and every act on it, with undo.

A window holds one ``Bench`` and calls it from worker threads. Each act is on the disk when it returns.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from clinoscope.domain.access import Act
from clinoscope.domain.counts import many
from clinoscope.domain.differential import Differential
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Exam, User
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, Decision, Field, Smear, Why, counted, hindrances
from clinoscope.domain.smear_sheet import CellClass, SmearSheet
from clinoscope.workflow import exams
from clinoscope.workflow.permissions import require
from clinoscope.workflow.smear import by_hand, collect, second, sheets, summary, tables
from clinoscope.workflow.smear import differential as differentials
from clinoscope.workflow.smear.gallery import Band, bands
from clinoscope.workflow.smear.history import Drawn, History, Step
from clinoscope.workflow.smear.second import FIRST, SECOND, Comparison

if TYPE_CHECKING:
    from clinoscope.records import Vault

CLOSED = "Your blind reading is closed: what you decided stays as it is."


class Bench:
    """An open smear. May be used from any thread."""

    def __init__(self, vault: Vault, exam: Exam) -> None:
        """Raises NotAllowed for who may not open the exam, VaultError; ValueError for an exam that is no smear."""
        if exam.smear is None:
            raise ValueError("this exam is not a smear")
        exams.look_at(vault, exam)
        self._vault, self._exam = vault, exam
        smear = vault.smears.of(exam)
        self._fields = {entry.number: entry for entry in smear.fields}
        self._cells = {cell.number: cell for cell in smear.cells}
        self._collector = collect.Collector(vault, exam, smear)
        # Acts come one after the other and wait for the disk; who only looks never waits for them.
        self._lock, self._looking = threading.RLock(), threading.Lock()
        self._history = History()
        self.user: User = vault.user
        self.reader = second.role(exam, vault.user)
        self.classes: dict[str, CellClass] = sheets.classes(vault, exam)
        self._ranges = tables.ranges(vault)
        self._person = differentials.person_of(vault, exam)

    # --- what it is like now ------------------------------------------------------------------------------------

    @property
    def exam(self) -> Exam:
        return self._exam

    @property
    def sheet(self) -> SmearSheet:
        assert self._exam.smear is not None, "a bench is opened on a smear"
        return self._exam.smear

    @property
    def comments(self) -> tuple[str, ...]:
        """The picked morphology comments in words. Raises VaultError."""
        return tuple(words for _, words in sheets.comment_lines(self._vault, self.sheet))

    @property
    def smear(self) -> Smear:
        """All fields and cells, as the user may see them (the second reader: blind)."""
        whole = self._whole()
        return Smear(whole.fields, second.seen_by(whole.cells, self.reader, self._open_end()))

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells to decide on, by number."""
        return self.smear.standing()

    @property
    def counted(self) -> int:
        """White cells so far, against ``sheet.target``."""
        return counted(self.cells, self.classes)

    def gallery(self) -> tuple[Band, ...]:
        """The bands of the gallery as the cells stand now."""
        return bands(self.cells, self.classes)

    def differential(self) -> Differential:
        """Counts, intervals, ranges and remarks as the cells stand now; asks nothing of the vault."""
        standards, sheet = differentials.Standards(self.classes, self._ranges), self.sheet
        least = differentials.enough(sheet)
        return differentials.differential(self.cells, standards, self._person, sheet.white_cells, least)

    def hindrances(self) -> tuple[str, ...]:
        """A sentence for each rule that keeps the smear from being signed."""
        return hindrances(self.sheet, self._whole(), self.classes)

    def crops(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """Small pictures (JPEG) of cells, by number. Raises VaultError."""
        return self._vault.smears.crops(self._exam, list(numbers))

    def small_fields(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """Small grey copies (JPEG) of fields that were read, by number. Raises VaultError."""
        return self._vault.smears.small_fields(self._exam, list(numbers))

    def field_picture(self, number: int) -> Picture:
        """A field at full resolution. Raises VaultError."""
        return collect.field_picture(self._vault, self._fields[number])

    # --- fields -------------------------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """Fields that are stored and not read yet."""
        return len(self._collector.waiting)

    @property
    def stopped(self) -> bool:
        """Whether a person stopped the reading of the fields that wait; it stays so until somebody goes on."""
        return self.sheet.stopped and self.waiting > 0

    def add_field(self, picture: Picture) -> Field:
        """Store the next field; ``read_next`` reads it. Raises NotAllowed (signed, or in it already), VaultError."""
        require(self._vault, Act.EXAM_TAKE, tables.MODE)
        with self._lock:
            self._forget_stop()
        added = self._collector.add(picture)
        with self._lock:
            with self._looking:
                self._fields[added.number] = added
            if self._exam.picture is None:
                self._save(replace(self._exam, picture=added.picture))
        return added

    def read_next(self) -> Smear | None:
        """Read the field that has waited longest: its fields and cells as they are now, None when none waits or reading
        was stopped.

        Takes a quarter of a second or so and holds up nothing else. Raises PackageError, VaultError.
        """
        part = None if self.stopped else self._collector.read_next()
        return None if part is None else self._took_in(part)

    def stop(self) -> Exam:
        """Leave the fields that wait unread until somebody goes on; what was read stays. Kept with the draft.

        Raises NotAllowed for the second reader, VaultError.
        """
        return self._set_stopped(stopped=self.waiting > 0)

    def go_on(self) -> Exam:
        """Let ``read_next`` read again. Raises NotAllowed for the second reader, VaultError."""
        return self._set_stopped(stopped=False)

    def take_out(self) -> tuple[Field, ...]:
        """Set all fields aside that wait to be read. Raises NotAllowed for the second reader, VaultError."""
        return self._set_aside(self._collector.waiting, Why.NOT_READ)

    def set_aside(self, number: int) -> Field:
        """Leave a field with its cells out. Raises NotAllowed, VaultError."""
        return self._set_aside([number], Why.BY_HAND)[0]

    def take_in(self, numbers: Sequence[int]) -> tuple[Field, ...]:
        """Let fields count again that were set aside; those never read wait to be. Raises NotAllowed, VaultError."""
        return self._set_aside(numbers, Why.UNTOLD)

    # --- cells that the program missed ---------------------------------------------------------------------------

    def add_cell(self, field: int, box: Box) -> Cell:
        """Add a white cell that was missed, by the box that a person drew in a field; it is read as the others are.

        Raises NotAllowed for a box that is too small, outside the field, over all of it or over a cell that is there,
        for a field that does not count, and for the second reader; PackageError, VaultError.
        """
        require(self._vault, Act.EXAM_REVIEW, tables.MODE)
        with self._lock:
            self._must_be_first(by_hand.FIRST_ADDS)
            added = self._took_in(self._collector.add_cell(field, box)).cells[-1]
            self._history.note(Drawn(added.number, gone=False))
            return added

    def take_away(self, number: int) -> tuple[Cell, ...]:
        """Take a cell away that was added by hand; the changed cell.

        Raises NotAllowed for a cell that the program found and for the second reader, VaultError.
        """
        require(self._vault, Act.EXAM_REVIEW, tables.MODE)
        with self._lock:
            self._must_be_first(by_hand.FIRST_ADDS)
            changed = self._set_gone(number, gone=True)
            self._history.note(Drawn(number, gone=True))
            return changed

    # --- decisions ----------------------------------------------------------------------------------------------

    def decide(self, numbers: Iterable[int], label: str) -> tuple[Cell, ...]:
        """Put cells into a class; the changed cells. Raises NotAllowed for an unknown class or cell, VaultError."""
        if label not in self.classes:
            raise NotAllowed(f"There is no class “{label}”.")
        return self._act(dict.fromkeys(numbers, label))

    def confirm(self, numbers: Iterable[int]) -> tuple[Cell, ...]:
        """Leave cells in the class they stand in, and say so: they are reviewed then. Raises as ``decide``."""
        labels = {cell.number: cell.label for cell in self.cells}
        return self._act({number: labels[number] for number in numbers if number in labels})

    @property
    def can_undo(self) -> bool:
        return bool(self._history.done)

    @property
    def can_redo(self) -> bool:
        return bool(self._history.undone)

    def undo(self) -> tuple[Cell, ...]:
        """Take the last act back; the changed cells. The vault keeps both. Raises NotAllowed, VaultError."""
        require(self._vault, Act.EXAM_REVIEW, tables.MODE)
        with self._lock:
            step = self._history.last()
            self._must_be_open()
            if isinstance(step, Drawn):
                changed = self._set_gone(step.cell, gone=not step.gone)
            else:
                changed = self._write(step.before)
            self._history.took_back()
            return changed

    def redo(self) -> tuple[Cell, ...]:
        """Do again what was taken back last; the changed cells. Raises NotAllowed, VaultError."""
        require(self._vault, Act.EXAM_REVIEW, tables.MODE)
        with self._lock:
            step = self._history.next()
            self._must_be_open()
            if isinstance(step, Drawn):
                changed = self._set_gone(step.cell, gone=step.gone)
            else:
                changed = self._write(step.after)
            self._history.did_again()
            return changed

    # --- the sheet, the second reader, the signature ------------------------------------------------------------

    def edit(self, **changes: Any) -> Exam:
        """Change the sheet: ``target shortfall white_cells lab scale comments note chosen``.

        Raises NotAllowed for a target below 1, a white cell count that cannot be, VaultError; TypeError for
        another name.
        """
        require(self._vault, Act.EXAM_REVIEW, tables.MODE)
        return self._save_sheet(sheets.worded(self._vault, sheets.changed(self.sheet, changes)))

    def invite(self, reader: User | None) -> Exam:
        """Ask another user to read blind; None takes it back while nothing is decided by them.

        Raises NotAllowed when it is the user who decided so far, or when the second reading has begun; VaultError.
        """
        require(self._vault, Act.EXAM_REVIEW, tables.MODE)
        with self._lock:
            if any(cell.second for cell in self._cells.values()):
                raise NotAllowed("The second reader has decided on cells already, and stays.")
            firsts = {cell.first.by.id for cell in self._cells.values() if cell.first} | {self.user.id}
            if reader is not None and reader.id in firsts:
                raise NotAllowed("The second reader must be someone who has not seen this smear's decisions.")
            return self._save_sheet(replace(self.sheet, second=reader, second_done=None))

    def finish_second(self) -> Exam:
        """Close the blind reading, as the second reader. Raises NotAllowed while a cell is undecided, VaultError."""
        require(self._vault, Act.EXAM_REVIEW, tables.MODE)
        if self.reader != SECOND or self.sheet.second_done is not None:
            raise NotAllowed("There is no blind reading of yours to finish here.")
        if self.waiting:
            raise NotAllowed(second.UNREAD)
        left = sum(not cell.reviewed for cell in self.cells)
        if left:
            raise NotAllowed(many(left, "cell is not reviewed yet.", "cells are not reviewed yet."))
        return self._save_sheet(replace(self.sheet, second_done=datetime.now(UTC)))

    def comparison(self) -> Comparison | None:
        """Both readers against each other, once the second has finished. Raises VaultError."""
        return second.compare(self._vault, self._exam, self._whole())

    def sign(self, password: str) -> Exam:
        """Sign the smear: all fields, cells and decisions. Raises WrongPassword, NotAllowed with the first rule that
        is not met, VaultError."""
        require(self._vault, Act.EXAM_SIGN, tables.MODE)
        if self.reader == SECOND:
            raise NotAllowed("The first reader signs: yours was the blind reading.")
        for sentence in self.hindrances():
            raise NotAllowed(sentence)
        with self._lock:
            sheet = sheets.worded(self._vault, self.sheet)
            exam = summary.summed_up(replace(self._exam, smear=sheet), self._whole(), self.classes)
            signed = self._vault.exams.sign_smear(exam, password, lambda smear: hindrances(sheet, smear, self.classes))
            self._exam = signed
        return signed

    # --- inside -------------------------------------------------------------------------------------------------

    def _act(self, labels: Mapping[int, str]) -> tuple[Cell, ...]:
        require(self._vault, Act.EXAM_REVIEW, tables.MODE)
        with self._lock:
            self._must_be_open()
            known = {cell.number: cell for cell in self.cells}
            if not labels.keys() <= known.keys():
                raise NotAllowed("There is no such cell in this smear: open it again.")
            before = {number: decision.label if (decision := known[number].first) else "" for number in labels}
            step = Step(before, {number: label for number, label in labels.items() if before[number] != label})
            if not step.after:
                return ()
            changed = self._write(step.after)
            self._history.note(Step({number: before[number] for number in step.after}, step.after))
            return changed

    def _set_stopped(self, *, stopped: bool) -> Exam:
        require(self._vault, Act.EXAM_TAKE, tables.MODE)
        with self._lock:
            self._must_be_first(second.FIRST_TAKES)
            return self._save_sheet(replace(self.sheet, stopped=stopped))

    def _set_aside(self, numbers: Sequence[int], why: Why) -> tuple[Field, ...]:
        require(self._vault, Act.EXAM_REVIEW, tables.MODE)
        with self._lock:
            self._must_be_first(second.FIRST_TAKES)
            entries = self._vault.smears.set_aside(self._exam, numbers, why)
            with self._looking:
                self._fields.update({entry.number: entry for entry in entries})
            self._collector.changed(entries)
            self._forget_stop()
        return entries

    def _forget_stop(self) -> None:
        """Once nothing waits any more nothing is stopped: fields that come later are read."""
        if self.sheet.stopped and not self.waiting:
            self._save_sheet(replace(self.sheet, stopped=False))

    def _set_gone(self, number: int, *, gone: bool) -> tuple[Cell, ...]:
        part = self._took_in(self._collector.set_gone(number, gone=gone))
        changed = tuple(cell for cell in part.cells if cell.number == number)
        return second.seen_by(changed, self.reader, self._open_end())

    def _took_in(self, part: Smear) -> Smear:
        with self._looking:
            self._fields.update({entry.number: entry for entry in part.fields})
            self._cells.update({cell.number: cell for cell in part.cells})
        return part

    def _write(self, labels: Mapping[int, str]) -> tuple[Cell, ...]:
        at = self._vault.smears.decide(self._exam, labels, self.reader)
        with self._looking:
            for number, label in labels.items():
                decision = Decision(label=label, by=self.user, at=at) if label else None
                cell = self._cells[number]
                if self.reader == FIRST:
                    self._cells[number] = replace(cell, first=decision)
                else:
                    self._cells[number] = replace(cell, second=decision)
            changed = tuple(self._cells[number] for number in labels)
        return second.seen_by(changed, self.reader, self._open_end())

    def _whole(self) -> Smear:
        """All that is known, the other reader's decisions too."""
        with self._looking:
            return Smear(tuple(self._fields.values()), tuple(self._cells.values()))

    def _must_be_open(self) -> None:
        if self.reader == SECOND and self.sheet.second_done is not None:
            raise NotAllowed(CLOSED)

    def _must_be_first(self, words: str) -> None:
        if self.reader == SECOND:
            raise NotAllowed(words)

    def _open_end(self) -> datetime | None:
        """When the blind reading ended, or any time where there is none: then all is seen."""
        return self.sheet.second_done if self.sheet.second is not None else datetime.now(UTC)

    def _save_sheet(self, sheet: SmearSheet) -> Exam:
        with self._lock:
            return self._save(replace(self._exam, smear=sheet))

    def _save(self, exam: Exam) -> Exam:
        self._vault.exams.save_draft(exam)
        self._exam = exam
        return exam
