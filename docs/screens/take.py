"""Take the pictures of every page: ``python docs/screens/take.py`` writes ``docs/screens/*.png``.

It opens the real window on a throw-away vault, fills that through ``workflow`` with people who do
not exist and with phantoms read by the installed model packages, goes to each page and keeps what
is on the screen. Nothing of it is a patient; what a model says about a drawing says nothing about
the model. A new page needs a line in ``SCENES`` of its room, in ``scenes_*.py``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import scenes_capture
import scenes_models
import scenes_over_time
import scenes_patients
import scenes_privacy
import scenes_reading
import scenes_settings
import scenes_smear
from clinoscope.ui import theme
from made_up_clinic import PASSWORD, USER, fill
from phantom_camera import camera
from stage import PHANTOMS, Scene, Stage, keep_picture

HERE = Path(__file__).parent
CODE = "7K2M9-0QXTB-4WHJD-R8S3V-EP6N1"
"""Not the code of any vault."""

SETS = (
    # theme, width, height, scale, pages ("" for all)
    ("light", 1366, 768, 1, ""),
    (
        "dark",
        1366,
        768,
        1,
        "login patient compare capture reading reading-flag reading-lips sign"
        " models models-tested models-over-time settings settings-privacy consent smear smear-field",
    ),
    ("light", 1920, 1080, 1, "patient reading"),
    ("light", 1366, 768, 2, "reading-smear models smear settings-keeping"),
)
SCENES: dict[str, Scene] = {
    **scenes_patients.SCENES,
    **scenes_capture.SCENES,
    **scenes_smear.SCENES,
    **scenes_reading.SCENES,
    **scenes_models.SCENES,
    **scenes_settings.SCENES,
    **scenes_privacy.SCENES,
    **scenes_over_time.SCENES,
}
"""In the order in which they are taken: some begin where the one before them ended."""


def take_one(theme_name: str, width: int, height: int, scale: int, pages: str, folder: Path) -> None:
    """One set, in this process."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from clinoscope.ui import app as ui_app
    from clinoscope.workflow import session

    app = QApplication([])
    wanted = pages.split() or ["first-start", "recovery-code", "login-elsewhere", "login", *SCENES]
    suffix = theme_name + (f"-{width}x{height}" if width != 1366 else "") + (f"-{scale * 100}" if scale != 1 else "")
    with tempfile.TemporaryDirectory() as made, camera(PHANTOMS / "face.png", down=95) as address:
        scratch = Path(made)
        window = ui_app.build(app, scratch / "vault", scratch / "preferences", catch_bugs=False)
        theme.watcher().less_motion = True
        theme.set_appearance(theme.Appearance(theme_name))
        window.resize(width, height)
        window.show()
        window.activateWindow()
        stage = Stage(window, [], [], address, scratch)

        def keep(name: str) -> None:
            stage.settle()
            if name in wanted:
                keep_picture(window.grab(), folder / f"{name}-{suffix}.png")

        first = window.gate.first
        assert first is not None
        first.name.edit.setText(USER)
        QTest.keyClicks(first.password.field.edit, PASSWORD)
        keep("first-start")
        vault, _code = session.create_vault(scratch / "vault", USER, PASSWORD)
        stage.patients, stage.exams = fill(vault)
        window.gate.show_code(vault, CODE)
        keep("recovery-code")
        window.gate.ask()
        login = window.gate.login
        assert login is not None
        login.name.edit.setText(USER)
        login.password.edit.setText(PASSWORD)
        keep("login-elsewhere")  # the vault is still open: to the login it is so in another copy
        vault.close()
        stage.settle(1500)  # it asks each second
        keep("login")
        window.shell.enter_vault(session.open_vault(scratch / "vault", USER, PASSWORD))
        stage.settle()
        for name, scene in SCENES.items():
            if name in wanted:
                scene(stage)
                keep(name)
                window.frame.hints.put_away()
        window.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", type=int, help="take this set of SETS, in this process")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder for the pictures")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.only is not None:
        take_one(*SETS[options.only], options.out)
        return 0
    for number, (_theme, _width, _height, scale, _pages) in enumerate(SETS):
        # Qt reads the scale once, when it starts.
        environment = os.environ | {"QT_SCALE_FACTOR": str(scale)}
        command = [sys.executable, __file__, "--only", str(number), "--out", str(options.out)]
        subprocess.run(command, check=True, env=environment)
    return 0


if __name__ == "__main__":
    sys.exit(main())
