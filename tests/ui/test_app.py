import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from clinoscope.ui import app as ui_app

HEAVY = (
    "numpy",
    "cv2",
    "msgspec",
    "qtawesome",
    "sqlite_utils",
    "sqlcipher3",
    "reportlab",
    "pypdfium2",
    "ai_edge_litert",
)


def started(*arguments: str, after: str = "") -> subprocess.CompletedProcess[str]:
    program = f"import sys; from clinoscope.ui.app import main; code = main(sys.argv[1:]); {after}; sys.exit(code)"
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60)


def test_measure_start_prints_milliseconds_and_loads_nothing_heavy(tmp_path: Path) -> None:
    loaded = f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    (tmp_path / "keys.json").write_text("{}", encoding="utf-8")
    done = started("--vault", str(tmp_path), "--measure-start", after=loaded)
    assert done.returncode == 0, done.stderr
    assert 50 < json.loads(done.stdout)["milliseconds"] < 20_000
    assert done.stderr.splitlines()[-1] == "[]"


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("Windows and macOS always have a display")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert not ui_app.display_available()
    assert ui_app.main([]) == ui_app.NO_DISPLAY_EXIT
    assert "no display" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 only")
def test_a_display_that_does_not_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    for display in (":98765", "nonsense", ""):
        monkeypatch.setenv("DISPLAY", display)
        assert not ui_app.display_available()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 only")
def test_a_display_over_tcp_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("localhost", 0)) as server:
        number = server.getsockname()[1] - 6000
        monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
        monkeypatch.setenv("DISPLAY", f"localhost:{number}.0")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        assert ui_app.display_available()


def test_offscreen_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.delenv("DISPLAY", raising=False)
    assert ui_app.display_available()
    assert os.environ.get("DISPLAY") is None
