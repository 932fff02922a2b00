import pytest
from PySide6.QtWidgets import QApplication

from clinoscope.domain.record import Patient
from clinoscope.ui.pages.audit import AuditPage
from clinoscope.ui.shell import Shell
from clinoscope.workflow import people, permissions


@pytest.fixture
def page(shell: Shell, at_once: None, ada: Patient) -> AuditPage:
    made = AuditPage(shell)
    made.resize(1200, 700)
    made.show()
    people.look_at(shell.open_vault, ada.id)
    made.enter()
    return made


def words(page: AuditPage) -> list[str]:
    return [row.texts[0] for row in page.rows.rows()]


def test_the_newest_comes_first_with_who_and_about_whom(page: AuditPage) -> None:
    first = page.rows.rows()[0]
    assert first.texts[:3] == ("Opened a patient", "Ada Okafor", "Grace Mensah")
    assert first.texts[3].startswith("Today ")
    assert words(page)[-1] == "Made the vault"


def test_filters(page: AuditPage, shell: Shell, ada: Patient) -> None:
    page.what.setCurrentIndex(page.what.findData("patients"))
    assert words(page) == ["Opened a patient", "Added a patient"]
    assert page.count.text() == "2 entries"
    page.what.setCurrentIndex(page.what.findData("left"))
    assert page.none.isVisible()
    page.what.setCurrentIndex(0)
    assert not page.about.isEnabled()
    shell.set_context(ada)
    page.enter()
    page.about.setCurrentIndex(1)
    assert words(page) == ["Opened a patient", "Added a patient"]
    page.who.setCurrentIndex(1)
    assert page.rows.isVisible()


def test_an_emergency_is_red(page: AuditPage, shell: Shell) -> None:
    permissions.emergency(shell.open_vault, "Nobody else is here")
    page.enter()
    assert page.rows.rows()[0].chip == ("Emergency", "danger")


def test_more_entries_come_when_the_end_is_near(page: AuditPage, shell: Shell) -> None:
    for number in range(700):
        shell.open_vault.settings.set("key", number)
    page.enter()
    assert len(page.rows.rows()) == 500
    assert page.count.text() == "The newest 500 entries"
    QApplication.processEvents()  # the list lays its rows out when it is next idle
    bar = page.rows.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert len(page.rows.rows()) > 700
    assert words(page)[-1] == "Made the vault"
    keys = [row.key for row in page.rows.rows()]
    assert keys == sorted(keys, reverse=True)  # type: ignore[type-var]
