from pathlib import Path

import pytest

from clinoscope.domain.errors import VaultError
from clinoscope.workflow import demo, session


def test_a_second_demo_does_not_touch_the_first(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    with pytest.raises(VaultError, match="already holds a demo"):
        demo.run(tmp_path, print)
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]


@pytest.mark.parametrize("name", ["skin.pdf", "password.txt"])
def test_a_file_that_is_not_the_demos_own_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("something of somebody's")
    with pytest.raises(VaultError, match="Choose another folder"):
        demo.run(tmp_path, print)
    assert (tmp_path / name).read_text() == "something of somebody's"


@pytest.mark.parametrize("left", ["", "abcdefgh-_123456\n"])
def test_what_a_killed_demo_left_does_not_block_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    (tmp_path / ".vault-a1b2c3d4").mkdir()
    (tmp_path / "password.txt").write_text(left)
    monkeypatch.setattr(demo, "_whole_job", lambda out, _: {"found": [path.name for path in out.iterdir()]})
    assert demo.run(tmp_path, print) == {"found": []}


def test_a_demo_that_cannot_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(demo, "write_together", full)
    with pytest.raises(VaultError, match=r"cannot write to .*: No space left on device\. Choose another folder\.$"):
        demo.run(tmp_path / "out", print)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VaultError, match="The demo cannot write to"):
        demo.run(tmp_path / "file" / "out", print)


def test_the_whole_job_for_every_mode(tmp_path: Path) -> None:
    said: list[str] = []
    made = demo.run(tmp_path / "out", said.append)
    assert [entry["mode"] for entry in made["exams"]] == ["anemia", "skin", "scalp", "neutrophil"]
    for entry in made["exams"]:
        assert Path(entry["pdf"]).read_bytes().startswith(b"%PDF")
        assert entry["answer"]
    password_file = Path(made["password_file"])
    assert password_file.stat().st_mode & 0o077 == 0
    vault = session.open_vault(Path(made["vault"]), made["user"], password_file.read_text().strip())
    try:
        report = vault.verify()
        assert report.ok
        assert report.exams == 4
        for entry in made["exams"]:
            assert vault.exams.get(entry["exam"]).signature is not None
    finally:
        vault.close()
    assert len(said) >= 4
