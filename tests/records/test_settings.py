from pathlib import Path
from typing import Any

import pytest

from clinoscope.records import Vault

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"


def test_an_unset_value_is_the_default(vault: Vault) -> None:
    assert vault.settings.get("theme") is None
    assert vault.settings.get("theme", "light") == "light"


@pytest.mark.parametrize("value", ["dark", 3, 1.5, True, None, ["a", 1], {"a": {"b": []}}])
def test_values_outlive_closing(folder: Path, value: Any) -> None:
    with Vault.open(folder, NAME, PASSWORD) as vault:
        vault.settings.set("a", "first")
        vault.settings.set("a", value)
    with Vault.open(folder, NAME, PASSWORD) as vault:
        assert vault.settings.get("a", "default") == value


def test_the_log_notes_the_key_and_only_real_changes(vault: Vault) -> None:
    vault.settings.set("clinic", "St Elsewhere")
    vault.settings.set("clinic", "St Elsewhere")
    newest, before = vault.events(2)
    assert (newest.act, newest.subject, newest.details) == ("setting.set", "clinic", {})
    assert before.act == "vault.open"
