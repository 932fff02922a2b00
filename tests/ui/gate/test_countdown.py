from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from clinoscope.domain.errors import VaultError, WrongPassword
from clinoscope.ui.gate.countdown import Countdown


def test_it_shuts_counts_and_opens(host: QWidget) -> None:
    button, said = QPushButton(host), []
    wait = Countdown(button, "Not right.", said.append)
    wait.start(WrongPassword("Too many wrong tries.", 0.7))
    assert wait.running
    assert not button.isEnabled()
    assert said == ["Not right. Next try in 1 s."]
    QTest.qWait(1100)
    assert not wait.running
    assert button.isEnabled()
    assert said[-1] == "Not right."


def test_without_a_wait_only_the_sentence_is_shown(host: QWidget) -> None:
    button, said = QPushButton(host), []
    wait = Countdown(button, "Not right.", said.append)
    wait.start(VaultError("The vault is in use."))
    wait.start(WrongPassword("The name or the password is not right."))
    assert button.isEnabled()
    assert said == ["The vault is in use.", "Not right."], "where no name was asked for, none is wrong"
