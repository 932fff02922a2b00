"""A bus of the test's own, on which a screen saver says that it is up."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from clinoscope.ui.system_lock import SystemLock

app = QApplication([])
window, told = QWidget(), []
lock = SystemLock(window, lambda: told.append(1) or print("locked", flush=True) or app.quit())
QTimer.singleShot(10_000, app.quit)
print("ready", flush=True)
app.exec()
sys.exit(0 if told else 1)
"""

pytestmark = pytest.mark.skipif(
    not (sys.platform.startswith("linux") and shutil.which("dbus-daemon") and shutil.which("gdbus")),
    reason="needs a D-Bus daemon to start",
)


@pytest.fixture
def bus() -> Iterator[str]:
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True
    )
    assert daemon.stdout
    yield daemon.stdout.readline().strip()
    daemon.terminate()
    daemon.wait()
    daemon.stdout.close()


def tell(environment: dict[str, str], up: str) -> None:
    signal = ["--signal", "org.freedesktop.ScreenSaver.ActiveChanged", up]
    path = ["--object-path", "/org/freedesktop/ScreenSaver"]
    subprocess.run(["gdbus", "emit", "--session", *path, *signal], env=environment, check=True)


def test_the_vault_locks_when_the_screen_saver_comes_up(bus: str) -> None:
    environment = os.environ | {"DBUS_SESSION_BUS_ADDRESS": bus, "QT_QPA_PLATFORM": "offscreen"}
    window = subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert window.stdout
        assert window.stdout.readline() == "ready\n"
        tell(environment, "false")
        with pytest.raises(subprocess.TimeoutExpired):
            window.wait(1)
        tell(environment, "true")
        assert window.wait(15) == 0
    finally:
        window.kill()
        window.wait()
        window.stdout.close()  # type: ignore[union-attr]
