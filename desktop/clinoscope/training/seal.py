"""Hash and seal a package folder anew after its card or package file was edited by hand.

``python -m clinoscope.training.seal models/anemia/lip``. A package that is used by another one
(``neutrophil/type``) has a new hash then: make the other one anew too.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

from clinoscope.inference import packages


def seal(folder: Path) -> None:
    """Write the right hash of every file that the package file names, and its seal.

    Raises OSError when a file is missing, PackageError when the package is not whole afterwards.
    """
    file = folder / packages.PACKAGE_FILE
    data = file.read_bytes()
    body = (data.partition(b"\n")[2] if data.startswith(packages.SEAL) else data).decode("utf-8")
    head, table, hashes = body.partition("[files]\n")
    names = re.findall(r'^"?([^"=\n]+?)"? = "[0-9a-f]{64}"$', hashes, re.MULTILINE)
    lines = [f'"{name}" = "{hashlib.sha256((folder / name).read_bytes()).hexdigest()}"\n' for name in names]
    file.write_bytes(packages.sealed(head + table + "".join(lines)))
    packages.load(folder)


if __name__ == "__main__":
    seal(Path(sys.argv[1]))
