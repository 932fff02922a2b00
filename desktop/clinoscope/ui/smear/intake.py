"""Fields into the bench: files, what is dropped or pasted, the microscope, a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from clinoscope.domain.access import Act
from clinoscope.domain.counts import many
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Picture
from clinoscope.domain.smear import TWICE
from clinoscope.ui.exam import drops, work
from clinoscope.ui.exam.drops import PICTURES
from clinoscope.ui.file_dialogs import ask_several
from clinoscope.workflow.smear import folders
from clinoscope.workflow.smear.bench import Bench

if TYPE_CHECKING:
    from clinoscope.ui.smear.page import SmearPage

MODE = "neutrophil"


class Intake(QObject):
    """One per page. What is stored is read at once, while the person goes on."""

    def __init__(self, page: SmearPage) -> None:
        super().__init__(page)
        self._page = page
        self._refusal = ""
        self._strange: tuple[int, ...] = ()
        self._told = ""
        self._refused: list[str] = []
        self._tried = self._left = 0
        pane = page.desk.collect
        pane.field_wanted.connect(lambda source: self.add_from(source, pane.taken))
        pane.picture_came.connect(lambda picture: self.add_from(lambda: picture))
        pane.source_chosen.connect(self._remember_source)
        pane.files_wanted.connect(self.ask_files)
        page.desk.add_files.clicked.connect(self.ask_files)
        page.desk.microscope.clicked.connect(self.toggle_collecting)

    def ask_files(self) -> None:
        """Ask for picture files; every picture in them becomes a field."""
        if self._page.refuse_but_sorting(Act.EXAM_TAKE):
            return
        ask_several(self._page, "Add fields", PICTURES, self.add_files)

    def add_files(self, paths: Sequence[str]) -> None:
        """Add the pictures of files as fields, in the order given; what people do meanwhile goes first."""
        if not self._page.files:
            self._forget_refusal()
            self._refused, self._tried, self._left = [], 0, 0
        self._tried += len(paths)
        self._left += len(paths)
        for path in paths:
            self._page.change(_storing(path), self._on_stored, self._on_not_stored, later=True)

    def _on_stored(self, sentences: tuple[str, ...]) -> None:
        self._refused.extend(sentences)
        self._left -= 1
        self._page.read_on()
        if self._left <= 0 and self._refused:
            self._refusal = summary(self._tried, self._refused)
            self._tell()

    def _on_not_stored(self, error: KnownError) -> None:
        self._on_stored((str(error),))

    def drop_files(self) -> None:
        """Take in no more of the files that wait, and say how many those are."""
        dropped = self._page.drop_files()
        self._left -= dropped
        if dropped:
            out = many(dropped, "file was", "files were")
            stopped = f"{out} not taken in, since reading was stopped: choose them again to go on."
            self._refusal = " ".join(part for part in (summary(self._tried, self._refused), stopped) if part)
            self._tell()

    def _forget_refusal(self) -> None:
        """What was told of the files before does not stand over those that come now."""
        self._page.shell.unwarn(self._told)
        self._refusal = self._told = ""

    def begin(self) -> None:
        """Another smear comes: what was told of the one before is over."""
        self._forget_refusal()
        self._strange = ()
        self._left = self._page.files

    def tell_strange(self, numbers: tuple[int, ...]) -> None:
        """Tell once of pictures that reading set aside, since they do not look like fields of a smear."""
        if numbers != self._strange:
            more = set(numbers) - set(self._strange)
            self._strange = numbers
            if more or self._told:
                self._tell()

    def _tell(self) -> None:
        """All that is to be told stands in one place: a second warning would put the first away."""
        self._page.shell.unwarn(self._told)
        self._told = " ".join(words for words in (self._refusal, strange_words(self._strange)) if words)
        if self._told:
            self._page.shell.warn(self._told)

    def offer(self, mime: QMimeData) -> None:
        """Add what was dropped or pasted, if it is pictures; of a folder those in it."""
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        source = drops.from_mime(mime)
        if self._page.refuse_but_sorting(Act.EXAM_TAKE):
            return
        if files:
            self._page.run(folders.pictures, files, done=self.add_files)
        elif source is not None:
            self.add_from(source)

    def paste(self) -> None:
        """Add the picture from the clipboard."""
        self.offer(QGuiApplication.clipboard().mimeData())

    def add_from(self, source: Callable[[], Picture], done: Callable[[], None] = lambda: None) -> None:
        """Add the picture that ``source`` gives, on a worker; ``done`` is called whatever came of it."""
        self._forget_refusal()

        def told(sentence: str) -> None:
            done()
            if sentence:
                self._page.shell.say(sentence)
            self._page.read_on()

        def refused(error: KnownError) -> None:
            done()
            self._page.shell.warn(str(error), "danger")

        self._page.change(lambda bench: add(bench, source), told, refused)

    def toggle_collecting(self) -> None:
        """Take fields from the microscope or a folder, or look at the cells again."""
        page = self._page
        if page.desk.collecting:
            page.desk.show_cells()
        elif not page.refuse_but_sorting(Act.EXAM_TAKE):
            page.desk.show_collecting()
            page.run(work.sources, page.shell.open_vault, MODE, done=page.desk.collect.begin)

    def _remember_source(self, address: str) -> None:
        vault = self._page.shell.open_vault
        self._page.run(vault.settings.set, work.LAST_SOURCE + MODE, address, done=lambda _: None)


def _storing(path: str) -> Callable[[Bench], tuple[str, ...]]:
    return lambda bench: add_file(bench, path)


def add(bench: Bench, source: Callable[[], Picture]) -> str:
    """Store a field; "" or the sentence that says why not. On a worker."""
    try:
        picture = source()
    except KnownError as error:
        return str(error)
    return _store(bench, picture)


def _store(bench: Bench, picture: Picture) -> str:
    try:
        bench.add_field(picture)
    except KnownError as error:
        return str(error)
    return ""


def add_file(bench: Bench, path: str) -> tuple[str, ...]:
    """Store every picture of a file as a field; a sentence for each that could not be. On a worker.

    The name of the file is not kept: it may name a patient.
    """
    found: list[str] = []
    try:
        found.extend(_store(bench, picture) for picture in pictures_of(Path(path)))
    except KnownError as error:
        found.append(str(error))
    return tuple(sentence for sentence in found if sentence)


def pictures_of(path: Path) -> Iterator[Picture]:
    """Every picture of a file, one after the other. Raises PictureError.

    A page of a file of several is a picture of its own here: fields are told apart by what is stored of them.
    """
    from clinoscope.workflow.capture import from_frame, open_picture, pages_of, read

    pages = pages_of(read(path)[0])
    for page in pages:
        picture = open_picture(path, page=page.index)
        if len(pages) > 1:
            alone = from_frame(picture.pixels, picture.origin, picture.device)
            picture = replace(alone, taken_at=picture.taken_at, clock=picture.clock, phantom=picture.phantom)
        yield picture


_NAMED = 4
"""Fields that are named one by one; of more their number says enough."""


def strange_words(numbers: Sequence[int]) -> str:
    """What is told of pictures that do not look like fields; "" for none."""
    if not numbers:
        return ""
    if len(numbers) == 1:
        told = f"Field {numbers[0]} does not look like a field of a stained smear and is not counted."
        return f"{told} Sheet… takes it in all the same."
    if len(numbers) <= _NAMED:
        named = f"Fields {', '.join(str(one) for one in numbers[:-1])} and {numbers[-1]}"
    else:
        named = f"{len(numbers)} pictures, from field {numbers[0]} on,"
    told = f"{named} do not look like fields of a stained smear and are not counted."
    return f"{told} Sheet… takes them in all the same."


def summary(tried: int, refused: Sequence[str]) -> str:
    """What became of files: "" when all went in, else how many did not and why.

    What is in the smear already is told apart: who chooses a folder again meets it often, and nothing is wrong with it.
    """
    if not refused or tried == 1:
        return "".join(refused)
    wrong = [sentence for sentence in refused if sentence != TWICE]
    told = []
    if wrong:
        told.append(f"{len(wrong)} of {tried} files were not added. The first: {wrong[0]}")
    if len(wrong) < len(refused):
        told.append(f"{many(len(refused) - len(wrong), 'picture is', 'pictures are')} in the smear already.")
    return " ".join(told)
