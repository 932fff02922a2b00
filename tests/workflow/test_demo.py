from pathlib import Path

import pytest

from clinoscope.domain.errors import VaultError
from clinoscope.workflow import demo, session


def test_a_second_demo_does_not_touch_the_first(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    with pytest.raises(VaultError, match="already holds a demo"):
        demo.run(tmp_path, print)
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]


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
