"""A drop on Today: named by its task, with the way to the plot."""

from PySide6.QtWidgets import QWidget

from clinoscope.ui.pages.agreement_notice import AgreementNotice
from clinoscope.ui.shell import Shell
from clinoscope.workflow.agreement import Drop


def test_it_shows_what_dropped_and_leads_to_the_model(shell: Shell, host: QWidget) -> None:
    notice, went = AgreementNotice(shell), []
    notice.setParent(host)
    shell.went.connect(lambda place, what: went.append((place, what)))
    notice.show_drops(
        [Drop("skin/rash", "Agreement has dropped: a."), Drop("scalp/disease", "Agreement has dropped: b.")]
    )
    assert "Rash. Agreement has dropped: a." in notice.text.replace("Rash or normal skin", "Rash")
    assert len(notice.links) == 2
    notice.links[1].click()
    assert went == [("models", {"task": "scalp/disease"})]


def test_nothing_dropped_shows_nothing(shell: Shell, host: QWidget) -> None:
    notice = AgreementNotice(shell)
    notice.setParent(host)
    notice.show_drops([Drop("skin/rash", "Agreement has dropped.")])
    assert notice.isVisible()
    notice.show_drops([])
    assert not notice.isVisible()
    assert notice.text == ""
