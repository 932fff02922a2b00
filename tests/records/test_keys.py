import json
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from argon2.exceptions import HashingError

from clinoscope.domain.errors import NotAllowed, VaultError, WrongPassword
from clinoscope.records import keys
from clinoscope.records.code import new_code
from clinoscope.records.keys import MINIMUM, Cost, KeyFile, Opened


@pytest.fixture(scope="module")
def code() -> str:
    return new_code()


@pytest.fixture(scope="module")
def opened(code: str) -> Opened:
    return keys.new_opened("u1", keys.new_key_file(code, MINIMUM)[1])


@pytest.fixture(scope="module")
def file(code: str) -> KeyFile:
    file, vault_key = keys.new_key_file(code, MINIMUM)
    return keys.with_user(file, "Ada", "correct horse", keys.new_opened("u1", vault_key))


def test_the_password_and_the_code_open_the_same_key(file: KeyFile, code: str) -> None:
    opened = keys.open_for(file, "Ada", "correct horse")
    assert opened.user == "u1"
    assert opened.vault_key == keys.open_by_code(file, code.lower())
    assert len(opened.vault_key) == len(opened.signing_key) == 32


def test_spelling_of_the_name_does_not_matter_but_the_password_does(file: KeyFile) -> None:
    keys.open_for(file, "  aDA ", "correct horse")
    with pytest.raises(WrongPassword):
        keys.open_for(file, "Ada", "Correct horse")


def test_an_accent_typed_on_another_keyboard_is_the_same(file: KeyFile) -> None:
    more = keys.with_user(file, "Zoë", "motdepassé", keys.open_for(file, "Ada", "correct horse"))
    keys.open_for(more, "Zoe\u0308", "motdepasse\u0301")


def test_unknown_name_and_wrong_password_are_told_alike(file: KeyFile) -> None:
    sentences, times = set(), []
    for name, password in [("Ada", "wrong horse"), ("Nobody", "correct horse")]:
        start = time.perf_counter()
        with pytest.raises(WrongPassword) as caught:
            keys.open_for(file, name, password)
        times.append(time.perf_counter() - start)
        sentences.add(str(caught.value))
    assert sentences == {"The name or the password is not right."}
    assert min(times) > 0.005, "a try costs as much as Argon2id does, whoever it is for"


def test_a_foreign_code_opens_nothing(file: KeyFile) -> None:
    with pytest.raises(WrongPassword, match="not the one of this vault"):
        keys.open_by_code(file, new_code())
    with pytest.raises(VaultError, match="typing mistake"):
        keys.open_by_code(file, "ABC")


def test_slots_cannot_be_swapped_or_made_to_look_cheaper(file: KeyFile) -> None:
    vault_key = keys.open_for(file, "Ada", "correct horse").vault_key
    two = keys.with_user(file, "Bob", "correct horse", keys.new_opened("u2", vault_key))
    (ada, slot_a), (bob, slot_b) = two.users.items()
    for users in ({ada: slot_b, bob: slot_a}, {ada: replace(slot_a, user="u2")}):
        with pytest.raises(WrongPassword):
            keys.open_for(replace(two, users=users), "Ada", "correct horse")


def test_the_file_holds_no_name_and_no_key(file: KeyFile, tmp_path: Path) -> None:
    keys.save(tmp_path, file)
    text = (tmp_path / keys.FILE).read_text()
    opened = keys.open_for(file, "Ada", "correct horse")
    assert '"ada"' not in text.lower(), "a key of its own; drawn letters may hold the three by chance"
    assert opened.vault_key.hex() not in text
    assert opened.vault_key.hex() not in repr(opened) + repr(file)


def test_subkeys_differ_by_purpose_and_vault(opened: Opened) -> None:
    made = {
        keys.subkey(opened.vault_key, vault * 16, purpose) for vault in ("aa", "bb") for purpose in ("database", "x")
    }
    assert len(made) == 4
    assert {len(key) for key in made} == {32}


def test_short_passwords_are_refused() -> None:
    keys.check_new_password("qbfkzlma")
    with pytest.raises(NotAllowed, match="at least 8 characters"):
        keys.check_new_password("1234567")
    with pytest.raises(NotAllowed):
        keys.check_new_password("e\u0301" * 7)  # seven letters, fourteen code points


def test_the_file_before_is_kept_and_used_when_the_newer_one_is_damaged(file: KeyFile, tmp_path: Path) -> None:
    keys.save(tmp_path, file)
    newer = replace(file, cost=Cost(20 * 1024, 2))
    keys.save(tmp_path, newer)
    assert keys.load(tmp_path) == newer
    (tmp_path / keys.FILE).write_bytes(b"{")
    assert keys.load(tmp_path) == file
    (tmp_path / keys.FILE).unlink()
    assert keys.exists(tmp_path)
    assert keys.load(tmp_path) == file


def test_a_damaged_file_without_an_earlier_one_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / keys.FILE).write_bytes(b"\x00")
    with pytest.raises(VaultError, match="key file is damaged"):
        keys.load(tmp_path)


def test_no_file_is_no_vault(tmp_path: Path) -> None:
    assert not keys.exists(tmp_path)
    with pytest.raises(VaultError, match="not a Clinoscope vault"):
        keys.load(tmp_path)


def test_a_folder_that_may_not_be_looked_into_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refused)
    with pytest.raises(VaultError, match="ask for write access"):
        keys.exists(tmp_path)


def test_a_newer_format_is_refused_as_such(file: KeyFile) -> None:
    data = msgspec.to_builtins(file) | {"format": keys.FORMAT + 1, "recovery": "quite different"}
    with pytest.raises(VaultError, match="newer Clinoscope"):
        keys.decode(json.dumps(data).encode())


def test_a_newer_format_does_not_fall_back_on_the_file_before(file: KeyFile, tmp_path: Path) -> None:
    keys.save(tmp_path, file)
    keys.save(tmp_path, replace(file, format=keys.FORMAT + 1))
    with pytest.raises(VaultError, match="newer Clinoscope"):
        keys.load(tmp_path)


@pytest.mark.parametrize("cost", [Cost(1024, 2), Cost(19 * 1024, 1), Cost(2**30, 2), Cost(19 * 1024, 2, 0)])
def test_costs_that_are_laughable_or_hang_are_refused(file: KeyFile, cost: Cost) -> None:
    with pytest.raises(VaultError, match="damaged"):
        keys.decode(msgspec.json.encode(replace(file, cost=cost)))


@pytest.mark.parametrize(
    "change", [{"salt": b""}, {"vault_key": b"short"}, {"signing_key": b""}, {"vault_key": bytes(61)}]
)
def test_a_slot_of_the_wrong_size_is_damage(file: KeyFile, change: dict[str, bytes]) -> None:
    with pytest.raises(VaultError, match="damaged"):
        keys.decode(msgspec.json.encode(replace(file, recovery=replace(file.recovery, **change))))
    with pytest.raises(VaultError, match="damaged"):
        keys.decode(msgspec.json.encode(replace(file, vault="not hexadecimal")))


@pytest.mark.parametrize(
    ("one_pass", "expected"),
    [
        (0.045, Cost(64 * 1024, 10)),
        (0.0001, Cost(64 * 1024, 64)),  # never more than is read back
        (0.4, Cost(36864, 2)),  # a slow machine: less memory first
        (30.0, MINIMUM),  # and never less than the minimum
    ],
)
def test_the_cost_fits_the_machine(monkeypatch: pytest.MonkeyPatch, one_pass: float, expected: Cost) -> None:
    monkeypatch.setattr(keys, "_seconds", lambda cost: one_pass)
    assert keys.calibrated() == expected


def test_the_cost_measured_here_is_lawful() -> None:
    cost = keys.calibrated()
    assert cost.memory >= MINIMUM.memory
    assert cost.passes >= MINIMUM.passes


def test_too_little_memory_is_a_sentence(file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(**_: object) -> bytes:
        raise HashingError("Memory allocation error")

    monkeypatch.setattr(keys, "hash_secret_raw", no_memory)
    with pytest.raises(VaultError, match="not enough memory"):
        keys.open_for(file, "Ada", "correct horse")
