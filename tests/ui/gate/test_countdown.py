from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from clinoscope.ui.gate.countdown import Countdown


def test_it_shuts_counts_and_opens(host: QWidget) -> None:
    button, said = QPushButton(host), []
    wait = Countdown(button, "Not right.", said.append)
    wait.start("Not right. Wait.", 0.7)
    assert wait.running
    assert not button.isEnabled()
    assert said == ["Not right. Next try in 1 s."]
    QTest.qWait(1100)
    assert not wait.running
    assert button.isEnabled()
    assert said[-1] == "Not right."


def test_without_a_wait_only_the_sentence_is_shown(host: QWidget) -> None:
    button, said = QPushButton(host), []
    Countdown(button, "Not right.", said.append).start("The vault is in use.", 0)
    assert button.isEnabled()
    assert said == ["The vault is in use."]
