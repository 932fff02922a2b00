import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets import DangerButton, IconButton, LinkButton, PrimaryButton, QuietButton


@pytest.mark.parametrize("kind", [PrimaryButton, QuietButton, DangerButton, LinkButton])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_every_button_has_a_name_and_obeys_the_keyboard(host: QWidget, kind: type, key: Qt.Key) -> None:
    button, pressed = kind("Sign exam", parent=host), []
    button.clicked.connect(lambda: pressed.append(True))
    button.show()
    QTest.keyClick(button, key)
    assert pressed == [True]
    assert button.accessibleName() == "Sign exam"
    assert button.height() >= 30


def test_an_icon_alone_says_its_name(host: QWidget) -> None:
    button = IconButton("ph.x", "Close", parent=host)
    assert button.accessibleName() == button.toolTip() == "Close"
    assert not button.icon().isNull()


def test_the_ring_of_a_link_leaves_its_words_air(host: QWidget) -> None:
    link = LinkButton("Back to log in", parent=host)
    link.ensurePolished()
    ring_and_air = 2 * (2 + 4)
    assert link.sizeHint().width() >= link.fontMetrics().horizontalAdvance(link.text()) + ring_and_air
