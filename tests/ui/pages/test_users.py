import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinoscope.domain.access import Role
from clinoscope.domain.errors import WrongPassword
from clinoscope.records import Vault
from clinoscope.ui.pages.users import UsersPage
from clinoscope.ui.shell import Shell


@pytest.fixture
def page(shell: Shell, at_once: None) -> UsersPage:
    made = UsersPage(shell)
    made.resize(1200, 700)
    made.show()
    made.enter()
    return made


def add(page: UsersPage, name: str = "Kofi Asante", password: str = "a green kite over the bay") -> None:
    page.add.click()
    page.panel.name.set_text(name)
    page.panel.password.field.set_text(password)
    page.panel.save()


def test_a_user_is_added_as_clinician_unless_told_otherwise(page: UsersPage, shell: Shell) -> None:
    add(page)
    assert [row.texts for row in page.rows.rows()] == [
        ("Grace Mensah", "Administrator, Clinician"),
        ("Kofi Asante", "Clinician"),
    ]
    assert not page.panel.isVisible()
    assert page.rows.rows()[0].chip == ("You", "accent")


def test_what_is_missing_is_said_in_the_panel(page: UsersPage) -> None:
    page.add.click()
    page.panel.save()
    assert page.panel.name.error() == "Type the name of the user."
    page.panel.name.set_text("Kofi")
    page.panel.password.field.set_text("password")
    page.panel.save()
    assert "commonest" in page.panel.password.field.error()
    page.panel.password.field.set_text("a green kite over the bay")
    page.panel.roles[Role.CLINICIAN].setChecked(False)
    page.panel.save()
    assert "Choose at least one" in page.panel.problem.text()
    page.panel.roles[Role.AUDITOR].setChecked(True)
    page.panel.save()
    assert page.rows.rows()[1].texts == ("Kofi", "Auditor")


def test_roles_change_and_the_last_administrator_stays(page: UsersPage, shell: Shell) -> None:
    page.rows.select(0)
    page.rows.open_current()
    assert not page.panel.remove.isVisible()
    assert not page.panel.reset.isVisible()
    page.panel.roles[Role.ADMINISTRATOR].setChecked(False)
    page.panel.save()
    assert "another user an administrator first" in page.panel.problem.text()
    assert page.panel.isVisible()


def test_a_user_is_removed_on_the_second_press(page: UsersPage, shell: Shell) -> None:
    add(page)
    page.rows.select(1)
    page.rows.open_current()
    page.panel.remove.click()
    assert "can then not log in" in page.panel.problem.text()
    page.panel.remove.click()
    assert page.rows.rows()[1].chip == ("Removed", "ink")
    page.rows.select(1)
    page.rows.open_current()
    assert not page.panel.isVisible()


def test_another_password_is_given(page: UsersPage, shell: Shell) -> None:
    add(page)
    page.rows.select(1)
    page.rows.open_current()
    assert not page.panel.password.isVisible()
    page.panel.reset.click()
    page.panel.password.field.set_text("three green birds")
    page.panel.save()
    folder = shell.open_vault.folder
    shell.close_vault()
    with pytest.raises(WrongPassword):
        Vault.open(folder, "Kofi Asante", "a green kite over the bay")
    Vault.open(folder, "Kofi Asante", "three green birds").close()


def test_esc_goes_back_to_the_settings(page: UsersPage, shell: Shell) -> None:
    went: list[str] = []
    shell.went.connect(lambda place, _what: went.append(place))
    QTest.keyClick(page.rows, Qt.Key.Key_Escape)
    assert went == ["settings"]


def test_what_the_window_offers_follows_the_roles_at_once(page: UsersPage, shell: Shell) -> None:
    from clinoscope.domain.access import Act

    add(page)
    shell.open_vault.custody.set_roles(page.rows.rows()[1].key, [Role.ADMINISTRATOR])  # type: ignore[arg-type]
    assert shell.may(Act.EXAM_SIGN)
    shell.open_vault.custody.set_roles(shell.open_vault.user.id, [Role.AUDITOR])
    assert not shell.may(Act.EXAM_SIGN)
    warned: list[str] = []
    shell.warned.connect(lambda text, _level: warned.append(text))
    shell.go("users")
    assert warned == ["As auditor you may not manage users: ask an administrator."]
