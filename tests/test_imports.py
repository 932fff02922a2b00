"""What the way to the login window loads: each library of this list costs a start hundredths of a second or more."""

import subprocess
import sys

import pytest

HEAVY = {
    *("cv2", "ai_edge_litert", "reportlab", "pypdfium2", "qtawesome", "sqlite_utils", "sqlcipher3", "msgspec"),
    *("cryptography", "argon2", "PIL", "numpy", "tensorflow", "keras", "sklearn", "scipy", "pandas"),
    *("pydicom", "pi_heif", "pymmcore"),
}
QT = {"PySide6", "shiboken6"}


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_the_way_to_the_login_window_is_light() -> None:
    assert not loaded_by("import clinoscope.ui.app, clinoscope.ui.window, clinoscope.ui.gate.gate") & HEAVY


@pytest.mark.parametrize("room", ["domain", "modes", "workflow", "cli"])
def test_rooms_below_the_window_are_light_and_know_no_qt(room: str) -> None:
    # the words hold pixels as arrays, and a mode's file is read into its classes by msgspec
    assert not loaded_by(f"import clinoscope.{room}") & ((HEAVY | QT) - {"numpy", "msgspec"})
