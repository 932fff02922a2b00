"""What ends an exam or begins it anew: sign, report, amend, discard; what read it, and what its picture comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.domain.errors import KnownError
from clinoscope.domain.record import Exam, ExamState
from clinoscope.domain.task import Task
from clinoscope.ui.consent_panel import ConsentPanel
from clinoscope.ui.exam import drops, panels, work
from clinoscope.ui.exam.page_panel import PagePanel
from clinoscope.ui.exam.step import Step
from clinoscope.ui.page_acts import PageActs
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets import Panel
from clinoscope.workflow import exams, share

if TYPE_CHECKING:
    from clinoscope.ui.exam.page import ExamPage
    from clinoscope.workflow.capture import CameraSettings


class Acts(PageActs):
    """One per exam page."""

    def __init__(self, page: ExamPage) -> None:
        super().__init__(page)
        self._page = page

    def note_consent(self) -> None:
        """Note what the patient says to the exam that is about to begin."""
        page = self._page
        if page.patient is None or not page.shell.may(Act.PATIENT_WRITE):
            return
        panel = ConsentPanel(page, page.shell)
        panel.noted.connect(page.consent_noted)
        panel.show_for(page.patient, page.consent)
        self.open_panel(panel, panel.first)

    def to_bench(self) -> None:
        """Many fields of a smear instead of one picture."""
        if self._page.patient is not None:
            self._page.pass_refusal()
            self._page.shell.go("smear", patient_id=self._page.patient.id)

    def ask_sign(self) -> None:
        """Open the signing panel; the review has to be given first."""
        page = self._page
        if page.task is not None and not page.shell.may(Act.EXAM_SIGN, page.task.mode):
            page.shell.say(page.shell.why_not(Act.EXAM_SIGN))
            return
        page.bench.reading.flush()
        if not page.bench.reading.answered:
            page.shell.say("First say what you think: agree, another answer, or cannot judge.")
            return
        # Behind the last review in the queue, so that what is signed is what is shown.
        page.change(lambda exam: exam, done=self._open_sign)

    def _open_sign(self, exam: Exam) -> None:
        page = self._page
        user = page.shell.user
        if exam.review is None or page.task is None or page.patient is None or user is None:
            return
        panel = panels.SignPanel(page, page.task, exam, page.patient, user.name)
        panel.wanted.connect(lambda password: self._sign(panel, password))
        page.show_step(Step.SIGN)
        self.open_panel(panel, panel.password)
        panel.closed.connect(lambda: page.show_step(Step.READING) if page.step is Step.SIGN else None)

    def _sign(self, panel: panels.SignPanel, password: str) -> None:
        vault = self._page.shell.open_vault
        self._page.change(lambda exam: exams.sign(vault, exam, password), done=self._signed, failed=panel.refuse)

    def _signed(self, exam: Exam) -> None:
        self._page.show_step(Step.READING)
        self.close_panel()
        self._page.shell.say("Exam signed.")
        self._page.show_reading(exam)
        self.show_report()

    def show_report(self, whole: bool | None = None) -> None:
        """Make the report of the signed exam and show its pages. ``whole``: see ``workflow.exams.report``."""
        page = self._page
        exam = page.exam
        if exam is None or exam.state is ExamState.DRAFT:
            return
        page.run(exams.report, page.shell.open_vault, exam, whole, done=lambda pdf: page.show_pdf(pdf, exam))
        page.report.show_whole(share.shows_whole(exam, whole), exam.region is None or exam.region.how != "whole")

    def save_picture(self) -> None:
        """Ask where, and save the picture as the report shows it, without anything that names anyone."""
        page = self._page
        if page.exam is not None:
            whole = page.report.whole.isChecked()
            page.run(
                share.picture_file,
                page.shell.open_vault,
                page.exam,
                whole,
                done=lambda made: page.report.ask_where_picture(made.name, made.data),
                failed=lambda error: page.shell.warn(str(error)),
            )

    def note_report(self, how: str) -> None:
        """The report left the vault: ``save`` or ``print``."""
        page = self._page
        exam = page.exam
        if exam is not None:
            page.run(exams.note_report, page.shell.open_vault, exam.id, exam.version, how, done=lambda _: None)

    def not_opened(self, exam: Exam, error: KnownError) -> None:
        """Back to where the exam was chosen, with the reason on the screen."""
        self._page.shell.go("patient", patient_id=exam.patient_id)
        self._page.shell.warn(str(error), "danger")

    def may_take(self, task: Task) -> bool:
        """Whether the user may take exams in the task's mode; says so when not."""
        shell = self._page.shell
        if not shell.may(Act.EXAM_TAKE, task.mode):
            shell.warn(shell.why_not(Act.EXAM_TAKE))
            return False
        return True

    def limit_reading(self, task: Task) -> None:
        """Offer beside a reading only what the user may do."""
        page = self._page
        allowed = {act for act in (Act.EXAM_REVIEW, Act.EXAM_SIGN, Act.REPORT) if page.shell.may(act, task.mode)}
        why = page.shell.why_not(Act.EXAM_REVIEW) if Act.EXAM_REVIEW not in allowed else ""
        page.bench.reading.limit(allowed, why)

    def ask_amend(self) -> None:
        """Ask for the reason, then open the next version as a draft."""
        page = self._page
        exam = page.exam
        if exam is None or exam.state is not ExamState.SIGNED:
            return
        self.amend(exam, "exam")

    def ask_discard(self) -> None:
        """Ask once, then give the draft up."""
        page = self._page
        exam = page.exam
        if exam is None or exam.state is not ExamState.DRAFT:
            return
        panel = panels.DiscardPanel(page)
        panel.wanted.connect(lambda: self._discard(panel))
        self.open_panel(panel, panel.keep)

    def _discard(self, panel: Panel) -> None:
        page = self._page
        vault = page.shell.open_vault

        def give_up(exam: Exam) -> Exam:
            exams.discard(vault, exam)
            return exam

        page.change(give_up, done=lambda _: self.discarded(panel))

    def explain(self) -> None:
        """Where the picture spoke for the likeliest label."""
        page = self._page
        if page.exam is not None and page.opened is not None:
            page.run(work.explain, page.exam, page.opened.picture, done=page.bench.reading.heat.show_map)

    def open_version(self, version: int) -> None:
        """Show another version of the exam."""
        page = self._page
        if page.exam is not None:
            get = page.shell.open_vault.exams.get
            page.run(get, page.exam.id, version, done=lambda other: page.shell.go("exam", exam=other))

    def show_about(self) -> None:
        """What read this picture."""
        page = self._page
        exam = page.exam
        if exam is None or exam.reading is None:
            return
        page.run(work.about, page.shell.open_vault, exam, done=self._open_about)

    def _open_about(self, about: work.About) -> None:
        page = self._page
        if page.exam is not None and page.task is not None:
            self.open_panel(panels.AboutPanel(page, page.task, page.exam, about), None)

    def show_camera(self) -> None:
        """What the camera that is looked through can be set to."""
        live = self._page.bench.capture.preview
        camera = live.camera if live is not None else None
        if live is None or camera is None:
            return
        # Late: brings in the capture room, which is there once a camera is seen.
        from clinoscope.ui.exam.camera_panel import CameraPanel

        panel = CameraPanel(self._page, camera.device, camera.settings)
        panel.wanted.connect(camera.change)
        panel.kept.connect(lambda settings: self._keep_camera(camera.device, settings))
        live.abilities_found.connect(panel.show_abilities)
        live.probe()
        self.open_panel(panel, panel.close_it)

    def _keep_camera(self, name: str, settings: CameraSettings) -> None:
        page = self._page
        page.bench.capture.show_settings({name: settings})
        run_task(page, work.keep_camera, page.shell.open_vault, name, settings)

    def ask_page(self, several: drops.SeveralPages) -> None:
        """Which picture of a file that holds several."""
        capture = self._page.bench.capture
        panel = PagePanel(self._page, several)

        def take(page: int) -> None:
            panel.close_panel()
            capture.give(drops.from_file(several.path, page=page))

        panel.chosen.connect(take)
        panel.closed.connect(lambda: capture.say(""))
        self.open_panel(panel, panel.slider)
