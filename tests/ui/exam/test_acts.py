from __future__ import annotations

from collections.abc import Callable

import pytest

from clinoscope.domain.reading import CANNOT_JUDGE
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.paths import RESOURCES
from clinoscope.records import Vault
from clinoscope.ui.exam import panels, work
from clinoscope.ui.exam.page import ExamPage
from clinoscope.ui.exam.step import Step
from clinoscope.ui.shell import Shell
from clinoscope.workflow import capture, exams

WaitFor = Callable[[Callable[[], object]], bool]
PASSWORD = "three quiet rivers"


@pytest.fixture
def draft(shell: Shell, ada: Patient) -> Exam:
    vault = shell.open_vault
    lips = RESOURCES / "phantoms" / "lips.png"
    opened = work.take(vault, ada, "anemia/lip", None, lambda: capture.open_picture(lips))
    return work.read(vault, opened.exam, opened.picture)


@pytest.fixture
def show(shell: Shell, wait_for: WaitFor) -> Callable[[Exam], ExamPage]:
    def shown(exam: Exam) -> ExamPage:
        page = ExamPage(shell)
        page.resize(1280, 700)
        page.show()
        page.enter(exam=exam)
        assert wait_for(lambda: page.exam is not None and page.bench.reading.answer.words)
        return page

    return shown


def test_signing_asks_for_the_assessment_first(
    shell: Shell, draft: Exam, show: Callable[[Exam], ExamPage], wait_for: WaitFor
) -> None:
    page, said = show(draft), []
    shell.said.connect(said.append)
    page.acts.ask_sign()
    assert page.acts.panel is None
    assert said == ["First say what you think: agree, another answer, or cannot judge."]
    page.bench.reading.agree_with()
    page.acts.ask_sign()
    assert wait_for(lambda: isinstance(page.acts.panel, panels.SignPanel))
    assert page.step is Step.SIGN
    assert page.acts.close_panel()
    assert wait_for(lambda: page.acts.panel is None)
    assert page.step is Step.READING
    assert not page.acts.close_panel()


def test_signed_leads_to_the_report(draft: Exam, show: Callable[[Exam], ExamPage], wait_for: WaitFor) -> None:
    page = show(draft)
    page.bench.reading.agree_with()
    page.acts.ask_sign()
    assert wait_for(lambda: page.acts.panel is not None)
    panel = page.acts.panel
    assert isinstance(panel, panels.SignPanel)
    panel.password.edit.setText("not it")
    panel.ask()
    assert wait_for(lambda: panel.password.error())
    assert page.exam is not None
    assert page.exam.state is ExamState.DRAFT
    assert wait_for(panel.button.isEnabled)
    panel.password.edit.setText(PASSWORD)
    panel.ask()
    assert wait_for(lambda: page.step is Step.REPORT)
    assert page.exam.state is ExamState.SIGNED
    assert page.report.pdf.startswith(b"%PDF-")


def test_what_is_signed_is_amended_and_not_discarded(
    shell: Shell, draft: Exam, show: Callable[[Exam], ExamPage], wait_for: WaitFor
) -> None:
    vault = shell.open_vault
    signed = exams.sign(vault, work.review(vault, draft, CANNOT_JUDGE, ""), PASSWORD)
    page = show(signed)
    page.acts.ask_discard()
    assert page.acts.panel is None
    went: list[dict[str, object]] = []
    shell.went.connect(lambda _place, what: went.append(what))
    page.acts.ask_amend()
    panel = page.acts.panel
    assert isinstance(panel, panels.AmendPanel)
    panel.reason.edit.setText("Seen again")
    panel.ask()
    assert wait_for(lambda: went)
    amended = went[0]["exam"]
    assert isinstance(amended, Exam)
    assert (amended.version, amended.state, amended.amendment) == (2, ExamState.DRAFT, "Seen again")
    assert vault.exams.get(signed.id, 1) == signed


def amended_meanwhile(vault: Vault, draft: Exam, show: Callable[[Exam], ExamPage]) -> panels.AmendPanel:
    """The panel that asks for an amendment of a signed exam which somebody else has begun to amend."""
    signed = exams.sign(vault, work.review(vault, draft, CANNOT_JUDGE, ""), PASSWORD)
    page = show(signed)
    page.acts.ask_amend()
    panel = page.acts.panel
    assert isinstance(panel, panels.AmendPanel)
    panel.reason.edit.setText("Seen again by daylight")
    exams.amend(vault, signed, "by another user meanwhile")
    panel.ask()
    return panel


def test_what_cannot_be_amended_now_keeps_the_reason(
    shell: Shell, draft: Exam, show: Callable[[Exam], ExamPage], wait_for: WaitFor
) -> None:
    vault = shell.open_vault
    panel = amended_meanwhile(vault, draft, show)
    assert wait_for(lambda: panel.reason.error())
    assert panel.isVisible()
    assert panel.reason.text() == "Seen again by daylight"
    assert panel.button.isEnabled(), "it can be tried again"


def test_an_amendment_that_fails_after_its_panel_was_closed_is_still_told(
    shell: Shell, draft: Exam, show: Callable[[Exam], ExamPage], wait_for: WaitFor
) -> None:
    vault, warned = shell.open_vault, []
    shell.warned.connect(lambda words, _level: warned.append(words))
    panel = amended_meanwhile(vault, draft, show)
    panel.close_panel()
    assert wait_for(lambda: warned)


def test_a_draft_is_not_amended_and_has_no_report(draft: Exam, show: Callable[[Exam], ExamPage]) -> None:
    page = show(draft)
    page.acts.ask_amend()
    page.acts.show_report()
    assert page.acts.panel is None
    assert page.step is Step.READING


def test_discarding_leads_to_the_patient(
    shell: Shell, draft: Exam, show: Callable[[Exam], ExamPage], wait_for: WaitFor
) -> None:
    page, went = show(draft), []
    shell.went.connect(lambda place, _what: went.append(place))
    page.acts.ask_discard()
    assert isinstance(page.acts.panel, panels.DiscardPanel)
    page.acts.panel.button.click()
    assert wait_for(lambda: went == ["patient"])
    assert shell.open_vault.exams.of_patient(draft.patient_id) == ()


def test_about_opens_over_the_reading(draft: Exam, show: Callable[[Exam], ExamPage], wait_for: WaitFor) -> None:
    page = show(draft)
    page.acts.show_about()
    assert wait_for(lambda: isinstance(page.acts.panel, panels.AboutPanel))
