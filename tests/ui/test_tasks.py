import threading
import time

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from clinoscope.domain.errors import VaultError
from clinoscope.ui import bugs, tasks
from clinoscope.ui.tasks import Latest, run_task


def wait(until: object) -> None:
    end = time.monotonic() + 5
    while not until():  # type: ignore[operator]
        assert time.monotonic() < end
        QTest.qWait(2)


def fail() -> None:
    raise VaultError("The disk is full.")


def test_the_work_is_elsewhere_and_the_callback_is_here(host: QWidget) -> None:
    threads: list[int] = []
    got: list[int] = []

    def work(number: int) -> int:
        threads.append(threading.get_ident())
        return number * 2

    def done(number: int) -> None:
        threads.append(threading.get_ident())
        got.append(number)

    run_task(host, work, 21, done=done)
    wait(lambda: got)
    assert got == [42]
    assert threads[0] != threading.get_ident() == threads[1]
    assert tasks.running() == 0


def test_a_known_error_goes_to_failed(host: QWidget) -> None:
    got: list[str] = []
    run_task(host, fail, failed=lambda error: got.append(str(error)))
    wait(lambda: got)
    assert got == ["The disk is full."]


def test_without_failed_the_sentence_is_shown(host: QWidget) -> None:
    said: list[str] = []
    bugs.listen(None, said.append)
    try:
        run_task(host, fail)
        wait(lambda: said)
    finally:
        bugs.listen(None, None)
    assert said == ["The disk is full."]


def test_any_other_error_is_a_bug(host: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[BaseException] = []
    monkeypatch.setattr(bugs, "report", found.append)
    run_task(host, lambda: 1 / 0, failed=lambda _error: pytest.fail("a bug is not the world's failure"))
    wait(lambda: found)
    assert isinstance(found[0], ZeroDivisionError)


def test_nothing_comes_back_to_an_owner_that_is_gone(app: object) -> None:
    owner, go, got = QObject(), threading.Event(), []
    run_task(owner, go.wait, done=got.append)
    owner.deleteLater()
    QTest.qWait(20)
    go.set()
    wait(lambda: tasks.running() == 0)
    assert got == []


def test_nothing_comes_back_after_cancel(host: QWidget) -> None:
    go, got = threading.Event(), []
    task = run_task(host, go.wait, done=got.append)
    task.cancel()
    go.set()
    wait(lambda: tasks.running() == 0)
    assert got == []


def test_only_the_newest_counts(host: QWidget) -> None:
    latest, go, got = Latest(host), threading.Event(), []

    def slow() -> str:
        go.wait()
        return "old"

    latest.run(slow, done=got.append)
    latest.run(lambda: "new", done=got.append)
    wait(lambda: got)
    go.set()
    wait(lambda: tasks.running() == 0)
    assert got == ["new"]
    latest.run(lambda: "newer", done=got.append)
    wait(lambda: len(got) == 2)
    assert got == ["new", "newer"]


def test_the_newest_is_forgotten_too(host: QWidget) -> None:
    latest, button, go, got = Latest(host), QPushButton(host), threading.Event(), []
    latest.forget()
    latest.run(go.wait, done=got.append, busy=button)
    latest.forget()
    free = button.isEnabled()
    go.set()
    wait(lambda: tasks.running() == 0)
    assert free
    assert got == []


def test_the_failure_of_the_newest_is_told(host: QWidget) -> None:
    latest, got = Latest(host), []
    latest.run(fail, failed=lambda error: got.append(str(error)))
    wait(lambda: got)
    assert got == ["The disk is full."]


def test_busy_is_shut_meanwhile(host: QWidget) -> None:
    button, go, got = QPushButton(host), threading.Event(), []
    run_task(host, go.wait, done=got.append, busy=button)
    assert not button.isEnabled()
    go.set()
    wait(lambda: got)
    assert button.isEnabled()


def test_inline_works_at_once(host: QWidget, at_once: None) -> None:
    got: list[int] = []
    run_task(host, lambda: 5, done=got.append)
    assert got == [5]


def two_buttons(host: QWidget) -> tuple[QPushButton, QPushButton]:
    first, second = QPushButton("Import", host), QPushButton("Close", host)
    first.show()
    second.show()
    host.activateWindow()
    assert QTest.qWaitForWindowActive(host)
    first.setFocus()
    assert first.hasFocus()
    return first, second


def test_the_keyboard_comes_back_to_what_was_busy(host: QWidget) -> None:
    first, _second = two_buttons(host)
    got: list[object] = []
    run_task(host, lambda: 1, done=got.append, busy=first)
    assert not first.hasFocus()
    wait(lambda: got)
    assert first.hasFocus()


def test_the_keyboard_stays_where_a_person_took_it_meanwhile(host: QWidget) -> None:
    first, _second = two_buttons(host)
    field = QLineEdit(host)
    field.show()
    got: list[object] = []
    run_task(host, lambda: 1, done=got.append, busy=first)
    field.setFocus()
    wait(lambda: got)
    assert field.hasFocus()


def test_what_had_no_keyboard_gets_none(host: QWidget) -> None:
    first, second = two_buttons(host)
    second.setFocus()
    got: list[object] = []
    run_task(host, lambda: 1, done=got.append, busy=first)
    wait(lambda: got)
    assert second.hasFocus()
