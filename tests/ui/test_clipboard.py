import pytest
from PySide6.QtWidgets import QApplication

from clinoscope.ui import clipboard


@pytest.fixture(autouse=True)
def _at_once(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "SECONDS", 0)


def test_a_secret_goes_by_itself(app: QApplication) -> None:
    clipboard.put("secret")
    assert app.clipboard().text() == "secret"
    app.processEvents()
    assert app.clipboard().text() == ""


def test_what_was_copied_since_stays(app: QApplication) -> None:
    clipboard.put("secret")
    app.clipboard().setText("a letter")
    clipboard.clear()
    app.processEvents()
    assert app.clipboard().text() == "a letter"
