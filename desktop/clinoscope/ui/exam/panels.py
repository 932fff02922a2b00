"""What slides in from the right on the exam page: sign, amend, discard, replace the picture, about the model."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.task import Kind, Task
from clinoscope.modes.wording import certainty, check_words, correction_words, raised_flags
from clinoscope.ui.exam import words
from clinoscope.ui.exam.signing_panel import SigningPanel, entry
from clinoscope.ui.exam.work import About
from clinoscope.ui.widgets import DangerButton, Field, Panel, PrimaryButton, QuietButton, label
from clinoscope.ui.widgets.fields import all_ok
from clinoscope.workflow.exams import spoken


class SignPanel(SigningPanel):
    """The exam in words, then the password again. ``wanted`` carries the password."""

    def __init__(self, host: QWidget, task: Task, exam: Exam, patient: Patient, user: str) -> None:
        assert exam.reading is not None
        assert exam.review is not None
        answer = words.answer(task, exam.reading)
        rows = [
            ("Patient", f"{patient.name} · {patient.identifier}"),
            ("Exam", task.name),
            ("Reading", " · ".join(part for part in (answer.words, certainty(exam.reading), answer.below) if part)),
            ("Flagged", ", ".join(flag.name for flag in raised_flags(exam.reading))),
            ("Picture check", _failed(exam)),
            ("Region", words.doubt(task, exam)),
            ("Your assessment", words.said(task, exam.review)),
            ("Comment", exam.review.comment),
            ("Picture", words.taken(exam)),
            ("Colours", _corrected(exam)),
            ("Read by", exam.reading.model.shown),
        ]
        explain = "A signed exam cannot be changed. It can be amended: both versions are kept."
        super().__init__(host, "Sign exam", rows, explain, user)


class AmendPanel(Panel):
    """``wanted`` carries the reason."""

    wanted = Signal(str)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, "Amend exam")
        explain = "The signed version stays as it is. A new version opens as a draft, for you to change and sign."
        self.body.addWidget(label(explain, "body", "secondary", wrap=True))
        self.reason = Field("Why is it amended?", check=lambda text: "" if text.strip() else "Say why in a few words.")
        self.reason.submitted.connect(self.ask)
        self.body.addWidget(self.reason)
        self.body.addStretch(1)
        self.button = PrimaryButton("Amend")
        self.button.clicked.connect(self.ask)
        self.foot.addWidget(self.button, 1)

    def ask(self) -> None:
        """Hand out the reason, once there is one."""
        if self.button.isEnabled() and all_ok(self.reason):
            self.button.setEnabled(False)
            self.wanted.emit(self.reason.text().strip())

    def refuse(self, error: KnownError) -> None:
        """Amending failed: say why, and keep the reason for another try."""
        self.button.setEnabled(True)
        self.reason.set_error(str(error))
        self.reason.setFocus()


class DiscardPanel(Panel):
    """Asks once before a draft goes. ``wanted`` means yes."""

    wanted = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, "Discard this draft?")
        explain = "The draft leaves the patient's time line. The log keeps that there was one. Signed exams stay."
        self.body.addWidget(label(explain, "body", "secondary", wrap=True))
        self.body.addStretch(1)
        keep = QuietButton("Keep it")
        keep.clicked.connect(self.close_panel)
        self.button = DangerButton("Discard draft", icon="ph.trash")
        self.button.clicked.connect(self.wanted)
        self.foot.addWidget(keep, 1)
        self.foot.addWidget(self.button, 1)
        self.keep = keep


class ReplacePanel(Panel):
    """Asks before another picture takes with it what the clinician said about the one before. ``wanted`` means yes."""

    wanted = Signal()

    def __init__(self, host: QWidget, task: Task, exam: Exam) -> None:
        super().__init__(host, "Replace the picture?")
        self.body.addWidget(label(_what_goes(task, exam), "body", "secondary", wrap=True))
        self.body.addStretch(1)
        self.keep = QuietButton("Keep what there is")
        self.keep.clicked.connect(self.close_panel)
        self.button = DangerButton("Replace it", icon="ph.arrow-counter-clockwise")
        self.button.clicked.connect(self.wanted)
        self.foot.addWidget(self.keep, 1)
        self.foot.addWidget(self.button, 1)


def _what_goes(task: Task, exam: Exam) -> str:
    said, comment = words.said(task, exam.review or exam.held), spoken(exam)
    answer = f"the assessment ({said[:1].lower()}{said[1:]})" if said else ""
    goes = " and ".join(part for part in (answer, "the comment" if comment else "") if part)
    return f"The picture that was read goes, and with it {goes}."


class AboutPanel(Panel):
    """What read this picture: trained on, measured on, what it cannot see, exactly which file."""

    def __init__(self, host: QWidget, task: Task, exam: Exam, about: About) -> None:
        super().__init__(host, "About this model")
        package = about.package
        assert exam.reading is not None
        model = exam.reading.model
        rows = [("What it does", task.purpose + ".")]
        if package is not None:
            rows += [("Trained on", package.trained_on), ("Measured on", words.measured_on(package))]
            rows += [("Figures", words.figures(package)), ("Flags", words.flag_figures(package))]
            rows += [("Sources", words.sources(package))]
        rows += [
            ("At this clinic", about.standing),
            ("What it cannot see", task.cannot_see),
            ("How it answers", _HOW[task.kind]),
            ("Version", model.shown),
            ("SHA-256 of its package", _grouped(model.sha256)),
        ]
        for name, value in rows:
            if value:
                self.body.addWidget(entry(name, value))
        if about.in_use is not None and about.in_use != model:
            other = f"In use now: {about.in_use.shown}. This exam was read by another one."
            self.body.addWidget(label(other, "small", "amber", wrap=True))
        self.body.addWidget(label(RESEARCH_ONLY, "small", "secondary", weight="medium"))
        self.body.addStretch(1)


_HOW = {
    Kind.CLASSIFY: "Percentages are calibrated: of pictures given 70\u00a0%, about 7 in 10 were so. "
    "It says unsure when more than one answer cannot be excluded, "
    "and cannot judge when the picture is not of its kind.",
    Kind.MEASURE: "It measures colour and gives each number with its uncertainty. It names no disease.",
    Kind.COUNT: "It finds white cells and reads the type of each. Cells it misses are not counted.",
}


def _failed(exam: Exam) -> str:
    problems = exam.quality.problems if exam.quality is not None else ()
    names = ", ".join(check_words(finding).lower() for finding in problems)
    return f"Used although it failed: {names}" if names else ""


def _corrected(exam: Exam) -> str:
    correction = exam.picture.correction if exam.picture is not None else None
    return correction_words(correction) if correction is not None else ""


def _grouped(sha256: str) -> str:
    """In groups of eight, so that it wraps and can be compared by eye."""
    return " ".join(sha256[start : start + 8] for start in range(0, len(sha256), 8))
