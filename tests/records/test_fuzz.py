"""Foreign bytes in a backup or a key file: a sentence or a vault, never a crash, a wait or a file elsewhere."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinoscope.domain.errors import VaultError
from clinoscope.records import Vault, keys, restore
from clinoscope.records.keys import MINIMUM
from clinoscope.records.tries import Tries

NAMES = ("manifest.json", "keys.json", "records.db")
SETTINGS = settings(
    max_examples=60, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def stick() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="clinoscope-fuzz-"))
    with Vault.create(home / "vault", "Ada", "correct horse", cost=MINIMUM)[0] as vault:
        vault.pictures.put(b"a picture")
        vault.backup(home / "stick")
    yield home / "stick"
    shutil.rmtree(home)


@SETTINGS
@given(st.sampled_from(NAMES), st.integers(0, 1 << 20), st.binary(max_size=12), st.booleans())
def test_a_backup_with_any_bytes_in_it(stick: Path, name: str, at: int, data: bytes, cut: bool) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        shutil.copytree(stick, home / "stick")
        (made,) = (home / "stick").glob("clinoscope-2*")
        before = (made / name).read_bytes()
        place = at % (len(before) + 1)
        (made / name).write_bytes(before[:place] + data + (b"" if cut else before[place + len(data) :]))
        begun = time.monotonic()
        try:
            restore(made, home / "new" / "vault")
        except VaultError:
            assert not (home / "new" / "vault").exists()
        assert time.monotonic() - begun < 2
        assert {path.name for path in home.iterdir()} <= {"stick", "new"}


@SETTINGS
@given(st.text(max_size=80))
def test_a_manifest_cannot_name_a_file_outside(stick: Path, name: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        shutil.copytree(stick, home / "stick")
        (made,) = (home / "stick").glob("clinoscope-2*")
        manifest = json.loads((made / "manifest.json").read_text())
        manifest["pictures"][0]["name"] = name
        (made / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(VaultError):
            restore(made, home / "vault")
        assert {path.name for path in home.iterdir()} == {"stick"}


DEEP = b'{"format": 1, "vault": ' + b"[" * 100_000


def test_what_is_nested_without_end_is_damaged_and_not_a_bug(stick: Path, tmp_path: Path) -> None:
    """Found by ``tests/fuzz``: the reader of JSON gives up with an error of its own."""
    with pytest.raises(VaultError):
        keys.decode(DEEP)
    shutil.copytree(stick, tmp_path / "stick")
    (made,) = (tmp_path / "stick").glob("clinoscope-2*")
    (made / "manifest.json").write_bytes(DEEP)
    with pytest.raises(VaultError):
        restore(made, tmp_path / "new")
    (tmp_path / "tries.json").write_bytes(DEEP)
    assert Tries(tmp_path).wrong >= 0


@SETTINGS
@given(st.binary(max_size=300))
def test_a_key_file_of_any_bytes(data: bytes) -> None:
    with pytest.raises(VaultError):
        keys.decode(data)
