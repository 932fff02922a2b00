from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from clinoscope.records import Vault
from clinoscope.workflow import agreement, audit, backups, bench_vault, exams, labs, people
from clinoscope.workflow.bench_vault import DRAFTS, LONG_EXAMS, PASSWORD, USER, Filled, Size

SMALL, LARGE = Size(60, 600, 180), Size(600, 6_000, 1_800)


def quiet(_: str) -> None:
    return


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> list[Filled]:
    folder = tmp_path_factory.mktemp("bench")
    return [bench_vault.made(folder / str(size.exams), size, quiet) for size in (SMALL, LARGE)]


@pytest.fixture(scope="module")
def vaults(filled: list[Filled]) -> Iterator[list[Vault]]:
    with Vault.open(filled[0].folder, USER, PASSWORD) as small, Vault.open(filled[1].folder, USER, PASSWORD) as large:
        yield [small, large]


def test_a_vault_holds_what_it_says_and_is_sound(filled: list[Filled], vaults: list[Vault]) -> None:
    report = vaults[0].verify()
    assert report.ok
    assert (report.exams, report.pictures, report.labs) == (SMALL.exams, SMALL.pictures, 0)
    assert len(vaults[0].patients.search("", limit=1000)) == SMALL.patients
    assert len(people.drafts(vaults[0])) == DRAFTS
    for entry, vault in zip(filled, vaults, strict=True):
        assert len(vault.exams.of_patient(entry.long.id)) == pytest.approx(LONG_EXAMS, rel=0.1)
        usual = [len(vault.exams.of_patient(patient.id)) for patient in entry.usual]
        assert sum(usual) / len(usual) == pytest.approx((entry.size.exams - LONG_EXAMS) / entry.size.patients, rel=0.3)


def test_a_vault_that_is_there_is_used_again(filled: list[Filled]) -> None:
    before = (filled[0].folder / "records.db").stat().st_mtime_ns
    again = bench_vault.made(filled[0].folder, SMALL, quiet)
    assert again == filled[0]
    assert (filled[0].folder / "records.db").stat().st_mtime_ns == before


def test_half_a_vault_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / ".20.part").mkdir()
    (tmp_path / ".20.part" / "left").touch()
    entry = bench_vault.made(tmp_path / "20", Size(4, 20, 6), quiet)
    with Vault.open(entry.folder, USER, PASSWORD) as vault:
        assert vault.verify().exams == 20
    assert not (entry.folder / "left").exists()


def test_the_sizes_go_up_to_a_million_exams() -> None:
    assert bench_vault.sizes("full")[-1] == Size(100_000, 1_000_000, 300_000)
    assert bench_vault.sizes("small")[0] == bench_vault.sizes("full")[0] == Size(100, 1_000, 300)


def page(vault: Vault, patient: str) -> None:
    people.look_at(vault, patient)
    vault.patients.get(patient)
    people.exams_of(vault, patient)
    labs.of_patient(vault, patient, voided=True)


def same_picture(vault: Vault, patient: str) -> None:
    exams.with_same_picture(vault, vault.exams.of_patient(patient)[0])


def steps(vault: Vault, act: Callable[[], object]) -> int:
    """How many steps SQLite takes for it: the same on any machine at any load."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    connection = vault._store._db.conn
    connection.set_progress_handler(tick, 10)
    try:
        act()
    finally:
        connection.set_progress_handler(None, 0)
    return 10 * count


SCREENS: dict[str, Callable[[Vault, Filled], object]] = {
    "patient": lambda vault, filled: page(vault, filled.usual[3].id),
    "patient who has come for years": lambda vault, filled: page(vault, filled.long.id),
    "the same picture": lambda vault, filled: same_picture(vault, filled.long.id),
    "drafts": lambda vault, filled: people.drafts(vault),
    "signed lately": lambda vault, filled: people.signed_lately(vault, 12),
    "smears": lambda vault, filled: people.smears(vault, 50),
    "backup": lambda vault, filled: (backups.warning(vault), backups.due(vault)),
    "next number": lambda vault, filled: vault.patients.suggest_identifier(),
    "nothing typed": lambda vault, filled: people.search(vault, ""),
    "one letter": lambda vault, filled: people.search(vault, "a"),
    "a number": lambda vault, filled: people.search(vault, filled.usual[5].identifier),
    "two letters of nobody": lambda vault, filled: people.search(vault, "qx"),
    "three letters of nobody": lambda vault, filled: people.search(vault, "qxq"),
    "log": lambda vault, filled: audit.entries(vault, audit.Filter(), limit=50),
    "older log": lambda vault, filled: audit.entries(
        vault, audit.Filter(), before=vault.events(1)[0].seq - 200, limit=50
    ),
    "log of a user": lambda vault, filled: audit.entries(vault, audit.Filter(user=vault.user.id), limit=50),
    "log of nobody": lambda vault, filled: audit.entries(vault, audit.Filter(user="x"), limit=50),
    "log of a patient": lambda vault, filled: audit.entries(vault, audit.Filter(patient=filled.long.id), limit=50),
    "log of a patient's exams": lambda vault, filled: audit.entries(
        vault, audit.Filter(patient=filled.long.id, group="exams"), limit=50
    ),
    **{
        f"log of {group}": partial(
            lambda group, vault, filled: audit.entries(vault, audit.Filter(group=group), limit=50), group
        )
        for group in audit.groups()
    },
    **{
        f"log of {group} by a user": partial(
            lambda group, vault, filled: audit.entries(vault, audit.Filter(vault.user.id, group), limit=50), group
        )
        for group in audit.groups()
    },
}


@pytest.mark.parametrize("screen", SCREENS)
def test_what_a_screen_waits_for_takes_no_longer_in_ten_times_the_vault(
    screen: str, filled: list[Filled], vaults: list[Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clinoscope.records.patients._WALK", 50)
    small, large = (
        steps(vault, partial(SCREENS[screen], vault, entry)) for vault, entry in zip(vaults, filled, strict=True)
    )
    assert large <= 1.5 * small + 300


def test_the_search_reads_few_patients_of_many(
    filled: list[Filled], vaults: list[Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the words are typed: never every patient, who has some hundred steps."""
    monkeypatch.setattr("clinoscope.records.patients._WALK", 50)
    for patient in filled[1].usual[:20]:
        for typed in (patient.name, patient.name.split()[-1][:3], f"{patient.name[-2:]} {patient.name[0]}"):
            assert patient.id in {found.id for found in people.search(vaults[1], typed, limit=LARGE.patients)}
            assert steps(vaults[1], partial(people.search, vaults[1], typed)) < 20 * LARGE.patients


def test_drops_that_are_known_are_not_looked_for_again(vaults: list[Vault]) -> None:
    first = steps(vaults[1], partial(agreement.drops, vaults[1]))
    assert steps(vaults[1], partial(agreement.drops, vaults[1])) < first / 10
