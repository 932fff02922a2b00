import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinoscope.records import Vault, restore
from clinoscope.records.backup import SHARED
from clinoscope.records.keys import MINIMUM
from clinoscope.records.thinning import kept

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_twelve_days_ten_weeks_nine_months_stay() -> None:
    daily = [NOON - timedelta(days=number) for number in range(400)]
    stay = kept(daily)
    assert {NOON - timedelta(days=number) for number in range(12)} <= stay
    assert len({moment.isocalendar()[:2] for moment in stay}) >= 10
    assert len({(moment.year, moment.month) for moment in stay}) == 9
    assert len(stay) <= 12 + 10 + 9
    assert len(kept(daily[:3])) == 3


def test_of_one_day_the_newest_stays_and_gaps_cost_nothing() -> None:
    hours = [NOON - timedelta(hours=number) for number in range(12)]
    assert kept(hours) == {NOON}
    yearly = [NOON - timedelta(days=370 * number) for number in range(9)]
    assert kept(yearly) == set(yearly)


@pytest.fixture
def stick(vault: Vault, tmp_path: Path) -> Path:
    """A backup a day for twenty days, each with a picture of its own that is later voided: copies by name."""
    stick = tmp_path / "stick"
    made = vault.backup(stick)
    for number in range(20):
        day = datetime.now(UTC) - timedelta(days=number + 1)
        copy = stick / f"clinoscope-{day:%Y%m%dT%H%M%SZ}"
        copy.mkdir()
        for file in made.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
    return stick


def test_old_backups_go_and_what_only_they_named(vault: Vault, stick: Path) -> None:
    lonely = stick / SHARED / "ab" / ("ab" * 32)
    fresh = stick / SHARED / "cd" / ("cd" * 32)
    for path in (lonely, fresh):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    os.utime(lonely, (time.time() - 90_000,) * 2)
    before = len(list(stick.glob("clinoscope-2*")))
    removed = vault.thin_backups(stick)
    assert removed > 0
    left = sorted(stick.glob("clinoscope-2*"))
    assert len(left) == before - removed
    assert not lonely.exists()
    assert fresh.exists(), "another computer may be writing its backup right now"
    assert not list(stick.glob(".removed-*"))
    restore(left[-1], stick.parent / "back")


def test_backups_of_another_vault_stay(vault: Vault, stick: Path, tmp_path: Path) -> None:
    other, _ = Vault.create(tmp_path / "other", "Bob", "battery staple", cost=MINIMUM)
    with other:
        assert other.thin_backups(stick) == 0


def test_where_a_manifest_cannot_be_read_every_picture_stays(vault: Vault, stick: Path) -> None:
    lonely = stick / SHARED / "ab" / ("ab" * 32)
    lonely.parent.mkdir(parents=True, exist_ok=True)
    lonely.write_bytes(b"x")
    os.utime(lonely, (time.time() - 90_000,) * 2)
    newest = sorted(stick.glob("clinoscope-2*"))[-1]
    (newest / "manifest.json").write_text("{")
    vault.thin_backups(stick)
    assert lonely.exists()
