from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.domain.correction import Profile
from clinoscope.ui.pages.colour_section import ColourSection
from clinoscope.ui.shell import Shell
from clinoscope.workflow import colour


def profile(device: str, days: int) -> Profile:
    made = datetime.now(UTC) - timedelta(days=days)
    return Profile(device=device, made_from="field", made_at=made, shape=1.5, gains=(1.0, 1.0, 1.0), score=0.9)


@pytest.fixture
def section(host: QWidget, shell: Shell, at_once: None) -> ColourSection:
    made = ColourSection(host, shell)
    made.setParent(host)
    made.show()
    return made


def test_without_profiles_nothing_is_listed(section: ColourSection) -> None:
    section.refresh()
    assert section.rows == []
    assert not section.days.isVisible()


def test_profiles_say_where_they_come_from_and_the_old_ones_that_they_are(section: ColourSection, shell: Shell) -> None:
    for made in (profile("Scope", 100), profile("Bench", 3)):
        colour.keep_profile(shell.open_vault, made)
    section.refresh()
    assert [row.remove.accessibleName() for row in section.rows] == [
        "Remove the profile of Bench",
        "Remove the profile of Scope",
    ]
    assert all("from an empty field" in row.about.text() for row in section.rows)
    bench, scope = (" ".join(part.text() for part in row.findChildren(QLabel)) for row in section.rows)
    assert "days old" not in bench
    assert "100 days old" in scope


def test_the_age_is_chosen_and_kept(section: ColourSection, shell: Shell) -> None:
    colour.keep_profile(shell.open_vault, profile("Scope", 100))
    section.refresh()
    assert section.days.currentData() == 90
    section.days.setCurrentIndex(section.days.findData(180))
    assert colour.days(shell.open_vault) == 180
    assert "days old" not in " ".join(part.text() for part in section.rows[0].findChildren(QLabel))


def test_removed_it_is_gone(section: ColourSection, shell: Shell) -> None:
    colour.keep_profile(shell.open_vault, profile("Scope", 1))
    section.refresh()
    section.rows[0].remove.click()
    assert section.rows == []
    assert colour.profiles(shell.open_vault) == ()
