import shutil
import subprocess
import sys

import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.paths import MODELS
from clinoscope.regions import cells, faces, nails, networks

NAMES = [*faces.HASHES.items(), (nails.FILE, nails.SHA256), (cells.FILE, cells.SHA256)]


@pytest.mark.parametrize(("name", "sha256"), NAMES)
def test_the_shipped_networks_open(name, sha256):
    assert len(networks.load(name, sha256).get_input_details()) == 1


def test_one_changed_byte_is_refused_and_the_file_named(tmp_path):
    name, sha256 = NAMES[0]
    (tmp_path / name).parent.mkdir()
    data = bytearray((MODELS / name).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / name).write_bytes(data)
    with pytest.raises(PackageError, match=name):
        networks.load(name, sha256, tmp_path)


def test_a_missing_file_is_named(tmp_path):
    name, sha256 = NAMES[1]
    with pytest.raises(PackageError, match=name):
        networks.load(name, sha256, tmp_path)


def test_the_right_file_elsewhere_opens(tmp_path):
    name, sha256 = NAMES[0]
    (tmp_path / name).parent.mkdir()
    shutil.copy(MODELS / name, tmp_path / name)
    networks.load(name, sha256, tmp_path)


def test_opening_keeps_litert_quiet_and_loses_no_other_word():
    code = (
        "import os, threading\n"
        "from pathlib import Path\n"
        "from clinoscope.paths import MODELS\n"
        "from clinoscope.regions import networks\n"
        f"content = (MODELS / {NAMES[0][0]!r}).read_bytes()\n"
        "with networks._without_notice():\n"
        "    os.write(2, b'a word of another thread\\n')\n"
        "networks.opened(content)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "a word of another thread\n"
