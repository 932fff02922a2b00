#!/usr/bin/env python3
"""Build the self-contained folder: the window and the command line with no Python, no .venv and no network.

    python3 installer/build.py linux|windows|macos [--out DIR]

The folder is DIR/clinoscope (dist/clinoscope unless told otherwise) and the program in it `clinoscope`. PyInstaller
builds only for the system it runs on. What goes in and what stays out is in clinoscope.spec.
"""

import argparse
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SYSTEMS = {"linux": "linux", "win32": "windows", "darwin": "macos"}


def main(arguments: list[str]) -> int:
    """Build what the command line asks for. Returns 0, or 1 after a sentence on stderr."""
    parser = argparse.ArgumentParser(prog="build.py", description="Build the self-contained folder.")
    parser.add_argument("system", choices=sorted(SYSTEMS.values()))
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="where the folder goes (dist)")
    options = parser.parse_args(arguments)
    here = SYSTEMS.get(sys.platform)
    if options.system != here:
        print(f"This is {here}: a build for {options.system} has to be made on {options.system}.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="clinoscope-build-") as scratch:
        command = [python(), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
        command += ["--distpath", f"{scratch}/dist", "--workpath", f"{scratch}/work", str(HERE / "clinoscope.spec")]
        if subprocess.call(command, cwd=ROOT) != 0:
            print("PyInstaller could not build the folder; its lines above say why.", file=sys.stderr)
            return 1
        folder = options.out / "clinoscope"
        if folder.exists():
            shutil.rmtree(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(f"{scratch}/dist/clinoscope", folder)
    size = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"{folder}  {size / 1e6:.0f} MB")
    return 0


def python() -> str:
    """The Python that has PyInstaller: this one when it does, else that of .venv, which is set up first."""
    if importlib.util.find_spec("PyInstaller"):
        return sys.executable
    sys.path.insert(0, str(ROOT))
    import run

    try:
        run.set_up("dev")
    except run.SetupError as problem:
        sys.exit(str(problem))
    return str(run.PYTHON)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
