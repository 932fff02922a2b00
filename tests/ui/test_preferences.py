from pathlib import Path

import pytest

from clinoscope.ui.preferences import FILE, Preferences, PreferencesFile


def test_what_is_changed_is_there_at_the_next_start(tmp_path: Path) -> None:
    PreferencesFile(tmp_path / "a" / "b").change(appearance="dark", auto_lock_minutes=5)
    again = PreferencesFile(tmp_path / "a" / "b").value
    assert again == Preferences(appearance="dark", auto_lock_minutes=5)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"appearance": 7, "less_motion": "yes"}', '{"appearance": "purple"}'])
def test_a_broken_file_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert PreferencesFile(tmp_path).value == Preferences()


def test_a_disk_that_cannot_be_written_only_forgets(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    kept = PreferencesFile(tmp_path / "file")
    assert kept.change(appearance="dark").appearance == "dark"


def test_an_unknown_field_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        PreferencesFile(tmp_path).change(patient="Ada")
