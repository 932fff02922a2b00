from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from clinoscope.ui.gate.password import NewPassword


def test_it_judges_while_typing_and_can_be_shown(host: QWidget) -> None:
    part = NewPassword("Password", lambda: "Grace")
    QTest.keyClicks(part.field.edit, "three")
    assert part.field.help_text() == "3 more characters."
    assert not part.ok()
    QTest.keyClicks(part.field.edit, " quiet rivers")
    assert part.field.help_text() == "Strong."
    assert part.ok()
    assert part.field.edit.echoMode() is QLineEdit.EchoMode.Password
    part.show_it.setChecked(True)
    assert part.field.edit.echoMode() is QLineEdit.EchoMode.Normal
    part.clear()
    assert part.text() == ""
    assert part.field.edit.echoMode() is QLineEdit.EchoMode.Password
    part.deleteLater()
