"""Killed at any instant, the vault comes back with everything that was acknowledged (issue 2, point 5)."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clinoscope.records import Vault

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"
KILLS = 50

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 and fork are POSIX")


class Writer:
    """The process that forks writers; see ``kill_writer``."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("kill_writer.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def killed_after(self, folder: Path, seed: str, writes: int, seconds: float) -> list[list[str]]:
        """What a writer acknowledged until it was killed, so long after so many acknowledgements."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\t".join([str(folder), NAME, PASSWORD, seed]) + "\n")
        lines: list[list[str]] = []
        pid = 0
        while not pid or len(lines) < writes:
            kind, *words = self.process.stdout.readline().split()
            if kind == "pid":
                pid = int(words[0])
            else:
                lines.append([kind, *words])
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        while (line := self.process.stdout.readline().split()) != ["dead"]:
            lines.append(line)
        return lines

    def end(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.mark.timeout(300)  # it waits for the disk some thousand times, and others may be at it too
def test_fifty_kills_lose_nothing_and_break_nothing(folder: Path) -> None:
    draw = random.Random()
    writer, acknowledged = Writer(), 0
    try:
        for number in range(KILLS):
            writes = draw.randrange(12)  # none: killed while opening
            seconds = draw.uniform(0, 0.02 if writes else 0.1)
            lines = writer.killed_after(folder, f"s{number}", writes, seconds)
            acknowledged += len(lines)
            check(folder, lines, f"kill {number}, {seconds:.4f} s after {writes} writes")
    finally:
        writer.end()
    assert acknowledged > 3 * KILLS, "the writers were killed before they wrote anything worth losing"


def check(folder: Path, lines: list[list[str]], when: str) -> None:
    with Vault.open(folder, NAME, PASSWORD) as vault:
        report = vault.verify()
        assert report.ok, (when, report.problems)
        for kind, *words in lines:
            if kind == "patient":
                assert vault.patients.get(words[0]), when
            elif kind == "picture":
                assert vault.pictures.get(words[0]), when
            elif kind == "exam":
                exam = vault.exams.get(words[0], int(words[1]))
                assert words[2] in (exam.state, "draft"), when
        settings = [words[0] for kind, *words in lines if kind == "setting"]
        if settings:
            assert int(vault.settings.get("last").split("-")[1]) >= int(settings[-1].split("-")[1]), when
    users = [words[0] for kind, *words in lines if kind == "user"]
    for name in users[-1:]:
        Vault.open(folder, name.replace("_", " "), PASSWORD).close()
