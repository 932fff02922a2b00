"""A real window, a real vault, a person's hands, and a watchdog over the window's thread.

The flow tests touch the window only as a person would: keys and mouse through ``hands.Hands``. The
watchdog measures how long the window could not answer; the end of every flow test fails beyond
``window_watchdog.LONGEST_BLOCK``.
"""

from __future__ import annotations

import gc
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinoscope.domain.record import Patient, Sex
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.ui import app as ui_app
from clinoscope.ui import bugs, theme
from clinoscope.ui.window import Window

sys.path.insert(0, str(Path(__file__).parent))

from hands import PASSWORD, USER, Hands
from network_camera import NetworkCamera
from window_watchdog import LONGEST_BLOCK, Watchdog, crowding, pace


@pytest.fixture(scope="session")
def app() -> QApplication:
    """The one QApplication of the process."""
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication([])


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("template") / "vault"
    vault, code = Vault.create(folder, USER, PASSWORD, cost=MINIMUM)
    vault.close()
    return folder, code


@pytest.fixture
def vault_folder(_template: tuple[Path, str], tmp_path: Path) -> Path:
    """A fresh vault of ``USER`` with ``PASSWORD`` whose keys cost little to open."""
    folder = tmp_path / "vault"
    shutil.copytree(_template[0], folder)
    return folder


@pytest.fixture
def recovery_code(_template: tuple[Path, str]) -> str:
    """The recovery code of ``vault_folder``."""
    return _template[1]


@pytest.fixture
def found_bugs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    """Every bug that came up in the window; any left here at the end fails the test."""
    found: list[BaseException] = []
    monkeypatch.setattr(bugs, "report", found.append)
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: found.append(error))
    yield found
    if found:
        raise found[0]


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    """Fails the test when the window could not answer for longer than ``LONGEST_BLOCK``."""
    watching = Watchdog()
    for _ in range(5):
        pace()  # so that its quickest is known
    yield watching
    limit = LONGEST_BLOCK * crowding()
    too_long = sorted((block for block in watching.blocks if block[0] > limit), reverse=True)
    assert not too_long, f"the window was blocked: {[(round(length), what) for length, what in too_long[:5]]}"


@pytest.fixture
def strays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails the test when a part of a page is shown before it has its place: Qt makes a window of it, and undoes it."""
    found = set()
    set_visible = QWidget.setVisible

    def watched(widget: QWidget, shown: bool) -> None:
        set_visible(widget, shown)
        if shown and widget.isWindow():
            found.add(f"{type(widget).__name__} in {sys._getframe(1).f_code.co_qualname}")

    monkeypatch.setattr(QWidget, "setVisible", watched)
    yield
    assert not found, f"shown before they were laid out: {sorted(found)}"


@pytest.fixture
def open_window(
    app: QApplication, tmp_path: Path, watchdog: Watchdog, strays: None, found_bugs: list[BaseException]
) -> Iterator[Callable[[Path], Hands]]:
    """Opens the program's window on a vault folder, as ``ui.app.main`` does."""
    windows: list[Window] = []

    def opened(folder: Path) -> Hands:
        window = ui_app.build(app, folder, tmp_path / "preferences", catch_bugs=False)
        theme.set_appearance(theme.Appearance.LIGHT)
        theme.watcher().less_motion = False
        windows.append(window)
        window.resize(1366, 768)
        window.show()
        window.activateWindow()
        assert QTest.qWaitForWindowExposed(window)
        # The program does this while the password is typed (ui.preload); the watch begins after it. What is garbage
        # now would be kept for good by it.
        from clinoscope.ui import preload

        gc.collect()
        preload.run()
        return Hands(window, watchdog)

    yield opened
    for window in windows:
        window.close()
        window.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def hands(open_window: Callable[[Path], Hands], vault_folder: Path) -> Hands:
    """A window in front of a vault, at the login."""
    return open_window(vault_folder)


@pytest.fixture
def logged_in(hands: Hands) -> Hands:
    """A window with ``USER`` logged in, at the page Today."""
    hands.log_in()
    hands.on("today")
    return hands


@pytest.fixture
def with_ada(logged_in: Hands) -> Hands:
    """Logged in, at the patient page of Ada Okafor."""
    vault = logged_in.window.shell.open_vault
    vault.patients.add(Patient(id="p1", identifier="1001-7", name="Ada Okafor", sex=Sex.FEMALE))
    logged_in.ctrl(Qt.Key.Key_F)
    logged_in.on("people")
    logged_in.type("oka")
    logged_in.settle()
    logged_in.press(Qt.Key.Key_Return)
    logged_in.on("patient")
    return logged_in


@pytest.fixture
def network_camera() -> Iterator[NetworkCamera]:
    """A camera that nothing is before yet."""
    made = NetworkCamera()
    yield made
    made.close()
