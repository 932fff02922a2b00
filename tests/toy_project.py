"""A toy project: a checkout as run.py sees one, whose packages lie in a folder beside it."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

BACKEND = """
import os, time, zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    time.sleep(float(os.environ.get("TOY_DELAY", "0")))
    about = "clinoscope-0.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, "clinoscope-0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("clinoscope.pth", os.path.abspath("desktop"))
        wheel.writestr(about + "METADATA", "Metadata-Version: 2.1\\nName: clinoscope\\nVersion: 0\\n")
        wheel.writestr(about + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(about + "RECORD", "")
    return "clinoscope-0-py3-none-any.whl"
build_wheel = build_editable
"""
PROGRAM = """
import json, os, sys
print(json.dumps({"arguments": sys.argv[1:], "prefix": sys.prefix, "cwd": os.getcwd()}))
"""
TOOL = """
import os, sys
def {name}():
    print("toy {name}")
    sys.exit("{name}" in os.environ.get("TOY_FAILS", ""))
"""
PYTEST = """
import os, sys
print("toy pytest", *sys.argv[1:])
print("7 passed")
sys.exit("pytest" in os.environ.get("TOY_FAILS", ""))
"""
PYPROJECT = """
[build-system]
requires = []
build-backend = "toybackend"
[project]
name = "clinoscope"
version = "0"
"""


def wheel(folder: Path, name: str, files: dict[str, str], scripts: str = "") -> str:
    """Write a wheel of version 1 and return its line for a lock."""
    path = folder / f"{name}-1-py3-none-any.whl"
    about = f"{name}-1.dist-info"
    files = {
        **files,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: toy\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": f"[console_scripts]\n{scripts}",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in files.items():
            archive.writestr(member, text)
        archive.writestr(f"{about}/RECORD", "".join(f"{member},,\n" for member in [*files, f"{about}/RECORD"]))
    return f"{name}==1 \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Project:
    """A checkout as run.py sees one, small enough to set up in two seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wheels = folder, folder / "wheels"
        locks = folder / "installer" / "locks"
        for one in (self.wheels, locks, folder / "desktop" / "clinoscope"):
            one.mkdir(parents=True)
        shutil.copy(ROOT / "run.py", folder)
        shutil.copytree(ROOT / "installer" / "bootstrap", folder / "installer" / "bootstrap")
        (folder / "desktop" / "clinoscope" / "__init__.py").touch()
        (folder / "desktop" / "clinoscope" / "__main__.py").write_text(PROGRAM)
        (folder / "pyproject.toml").write_text(PYPROJECT)
        app = wheel(self.wheels, "toybackend", {"toybackend.py": BACKEND}) + wheel(
            self.wheels, "alpha", {"alpha.py": ""}
        )
        app += "elsewhere==1 ; sys_platform == 'a-system-of-its-own' \\\n    --hash=sha256:00\n"
        train = app + wheel(self.wheels, "beta", {"beta.py": ""})
        names = ("ruff", "mypy", "lint_imports")
        tools = {"tools.py": "".join(TOOL.format(name=name) for name in names), "pytest.py": PYTEST}
        scripts = "".join(f"{name.replace('_', '-')} = tools:{name}\n" for name in names)
        dev = train + wheel(self.wheels, "tools", tools, scripts)
        for name, text in (("app", app), ("train", train), ("dev", dev)):
            (locks / f"{name}.txt").write_text(text)

    def start(self, *arguments: str, python: tuple[str, ...] = (), **more: str) -> "subprocess.Popen[str]":
        environment = {
            **os.environ,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.wheels.as_uri(),
            "PIP_CONFIG_FILE": os.devnull,
        }
        environment.pop("PIP_RETRIES", None)
        return subprocess.Popen(
            [*(python or (sys.executable, "run.py")), *arguments],
            cwd=self.folder,
            env={**environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, python: tuple[str, ...] = (), **more: str) -> tuple[int, str]:
        process = self.start(*arguments, python=python, **more)
        output, _ = process.communicate(timeout=90)
        return process.returncode, output
