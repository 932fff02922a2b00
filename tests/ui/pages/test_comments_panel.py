from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.access import Role
from clinoscope.domain.smear_sheet import MOST_OWN_COMMENTS
from clinoscope.ui.pages.comments_panel import CommentsPanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow.smear import comments

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def panel(shell: Shell, host: QWidget, at_once: None) -> Iterator[CommentsPanel]:
    made = CommentsPanel(host, shell)
    made.open_fresh()
    yield made
    made.hide()


@pytest.fixture
def three(panel: CommentsPanel, shell: Shell) -> CommentsPanel:
    """With three comments, the first one current and the keyboard in the list."""
    comments.set_own(shell.open_vault, [comments.make(name, f"Words of {name}.") for name in ("One", "Two", "Three")])
    panel.open_fresh()
    panel.rows.setFocus(Qt.FocusReason.TabFocusReason)
    return panel


def names(shell: Shell) -> list[str]:
    return [entry.name for entry in comments.own(shell.open_vault)]


def test_one_is_added_with_enter_and_the_next_can_be_typed(panel: CommentsPanel, shell: Shell) -> None:
    assert not panel.rows.isVisible()
    assert panel.window().focusWidget() is panel.name.edit
    QTest.keyClicks(panel.name.edit, " Repeat ")
    QTest.keyClicks(panel.text, "Please send a fresh sample.")
    QTest.keyClick(panel.text, Qt.Key.Key_Return)
    (entry,) = comments.own(shell.open_vault)
    assert (entry.name, entry.text) == ("Repeat", "Please send a fresh sample.")
    assert panel.said.text() == "“Repeat” is in the list."
    assert not panel.back.isVisible()
    assert (panel.name.text(), panel.text.toPlainText()) == ("", "")
    assert panel.window().focusWidget() is panel.name.edit
    (row,) = panel.rows.rows()
    assert (row.texts, row.below) == (("Repeat", "Alt+1"), "Please send a fresh sample.")


def test_what_cannot_be_is_said_where_it_stands_and_kept_nowhere(three: CommentsPanel, shell: Shell) -> None:
    before = names(shell)
    three.button.click()
    assert three.name.error() == "Give the comment a short name."
    three.name.set_text("x" * 41)
    three.button.click()
    assert three.name.error() == "A short name has at most 40 letters: take 1 away."
    three.name.set_text("two")
    three.button.click()
    assert three.name.error() == "There is a comment “two” already: take another name."
    three.name.set_text("Long")
    three.text.setPlainText("x" * 301)
    three.button.click()
    assert three.said.text() == "The report takes at most 300 letters here: take 1 away."
    assert three.said.property("tone") == "danger"
    assert three.window().focusWidget() is three.text
    assert three.text.toPlainText() == "x" * 301, "what was typed is not lost"
    assert names(shell) == before


def test_the_order_is_changed_with_the_keys_and_the_current_one_stays(three: CommentsPanel, shell: Shell) -> None:
    QTest.keyClick(three.rows, Qt.Key.Key_Up, ALT)
    assert names(shell) == ["One", "Two", "Three"], "nothing is above it"
    QTest.keyClick(three.rows, Qt.Key.Key_Down, ALT)
    QTest.keyClick(three.rows, Qt.Key.Key_Down, ALT)
    assert names(shell) == ["Two", "Three", "One"]
    assert three.rows.currentIndex().row() == 2
    assert not three.down.isEnabled()
    three.up.click()
    assert names(shell) == ["Two", "One", "Three"]


def test_changed_words_are_another_comment_in_the_same_place(three: CommentsPanel, shell: Shell) -> None:
    before = comments.own(shell.open_vault)
    three.rows.select(1)
    QTest.keyClick(three.rows, Qt.Key.Key_Return)
    assert (three.name.text(), three.text.toPlainText()) == ("Two", "Words of Two.")
    assert three.button.text() == "Save"
    three.text.setPlainText("Better words.")
    three.button.click()
    after = comments.own(shell.open_vault)
    assert [entry.name for entry in after] == ["One", "Two", "Three"]
    assert after[1].text == "Better words."
    assert after[1].id != before[1].id, "smears that have the old words keep them"
    assert (after[0], after[2]) == (before[0], before[2])
    assert three.button.text() == "Add comment"


def test_escape_leaves_the_change_before_it_leaves_the_panel(three: CommentsPanel, shell: Shell) -> None:
    three.change.click()
    three.name.set_text("Other")
    QTest.keyClick(three.name.edit, Qt.Key.Key_Escape)
    assert three.isVisible()
    assert three.name.text() == ""
    assert three.window().focusWidget() is three.rows
    QTest.keyClick(three.rows, Qt.Key.Key_Escape)
    assert not three.isVisible()
    assert names(shell) == ["One", "Two", "Three"]


def test_what_is_taken_away_can_be_put_back(three: CommentsPanel, shell: Shell) -> None:
    before = comments.own(shell.open_vault)
    three.rows.select(1)
    QTest.keyClick(three.rows, Qt.Key.Key_Return)
    three.rows.setFocus()
    QTest.keyClick(three.rows, Qt.Key.Key_Delete)
    assert names(shell) == ["One", "Three"]
    assert three.button.text() == "Add comment", "what is gone is not being changed any more"
    assert three.said.text() == "“Two” is no longer offered. Smears that have it keep it."
    three.back.click()
    assert comments.own(shell.open_vault) == before
    assert not three.back.isVisible()
    for _ in range(3):
        three.rows.select(0)
        three.take.click()
    assert names(shell) == []
    assert not three.rows.isVisible()
    assert not three.change.isVisible()


def test_more_than_thirty_are_refused(panel: CommentsPanel, shell: Shell) -> None:
    comments.set_own(shell.open_vault, [comments.make(str(number)) for number in range(MOST_OWN_COMMENTS)])
    panel.open_fresh()
    assert [row.texts[1] for row in panel.rows.rows()][8:10] == ["Alt+9", ""]
    panel.name.set_text("One more")
    panel.button.click()
    assert panel.name.error().endswith("at most: take one away first.")


def test_who_may_not_change_them_reads_them(three: CommentsPanel, shell: Shell) -> None:
    vault = shell.open_vault
    vault.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])
    vault.custody.set_roles(vault.user.id, [Role.ASSISTANT])
    three.open_fresh()
    assert [row.texts[0] for row in three.rows.rows()] == ["One", "Two", "Three"]
    assert three.said.text() == "As assistant you may not review readings: ask a clinician or pathologist."
    for part in (three.name, three.text, three.button, three.change, three.take):
        assert not part.isVisible()
    QTest.keyClick(three.rows, Qt.Key.Key_Delete)
    QTest.keyClick(three.rows, Qt.Key.Key_Down, ALT)
    assert names(shell) == ["One", "Two", "Three"]
