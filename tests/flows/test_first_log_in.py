"""Whoever types fast logs in while the program is still bringing in what it needs: that must not be felt either."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize("seconds", [0, 1])
def test_the_window_answers_while_everything_is_brought_in(
    vault_folder: Path, watchdog: Any, tmp_path: Path, seconds: int
) -> None:
    script = Path(__file__).with_name("first_log_in.py")
    command = [sys.executable, str(script), str(vault_folder), str(tmp_path / "preferences"), str(seconds)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["tasks"] == 0
    # The fixture fails the test when one of them is too long.
    watchdog.blocks.extend(tuple(block) for block in found["blocks"])
