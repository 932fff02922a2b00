import importlib.util
import sys
from pathlib import Path

import pytest

from clinoscope import cold


@pytest.fixture(autouse=True)
def nothing_read_yet() -> None:
    cold.read_ahead.cache_clear()


@pytest.mark.parametrize("module", cold.LIBRARIES)
def test_the_libraries_of_a_module_are_read(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr(cold, "_read", read.append)
    cold.read_ahead(module)
    found = importlib.util.find_spec(module)
    assert found is not None
    assert read or not found.has_location, "built into Python there is nothing to read"
    assert all(cold._LOADED.search(path.name) for path in read)


def test_all_that_heic_loads_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr(cold, "_read", read.append)
    cold.read_ahead("pi_heif")
    assert {path.name.partition(".")[0].partition("-")[0] for path in read} >= {"_pi_heif"}
    if sys.platform.startswith("linux"):
        assert any(path.name.startswith("libheif") for path in read)


def test_a_library_that_is_gone_stands_in_no_ones_way(tmp_path: Path) -> None:
    cold._read(tmp_path / "gone.so")


def test_another_module_has_none() -> None:
    cold.read_ahead("json")
