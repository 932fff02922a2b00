from pathlib import Path

import pytest

from clinoscope.domain.errors import VaultError, WrongPassword
from clinoscope.workflow import session


def test_create_open_recover_and_restore(tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    assert not session.vault_exists(folder)
    vault, code = session.create_vault(folder, "Ada", "a long enough one")
    assert session.vault_exists(folder)
    with pytest.raises(VaultError, match="open"):
        session.open_vault(folder, "Ada", "a long enough one")
    backup = vault.backup(tmp_path / "backups")
    vault.close()
    with pytest.raises(WrongPassword):
        session.open_vault(folder, "Ada", "another long one")
    session.recover(folder, code, "Ada", "the new long one").close()
    session.open_vault(folder, "Ada", "the new long one").close()
    session.restore(backup, tmp_path / "restored")
    restored = session.open_vault(tmp_path / "restored", "Ada", "a long enough one")
    assert restored.verify().ok
    restored.close()


def test_a_folder_that_may_not_be_looked_into_is_no_place_for_a_first_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refused)
    assert session.vault_exists(tmp_path)
