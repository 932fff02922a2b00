"""The data files hold together, and a laboratory's own tables are checked."""

from dataclasses import replace
from itertools import pairwise

import pytest

from clinoscope import modes
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Sex
from clinoscope.domain.smear_sheet import NOT_COUNTED, UNIDENTIFIED, CellClass
from clinoscope.records import Vault
from clinoscope.workflow.smear import tables
from clinoscope.workflow.smear.tables import RangeRow

OWN = CellClass(id="own-1", name="Hairy cell", key="h")


def test_every_label_of_the_models_is_a_class_and_every_class_a_label() -> None:
    classes = tables.classes().values()
    types = {label.id for label in modes.task("neutrophil/type").labels}
    stages = {label.id for label in modes.task("neutrophil/stage").labels}
    assert {entry.type for entry in classes if entry.type} == types
    assert {entry.stage for entry in classes if entry.stage} == stages


def test_keys_are_all_different_and_the_last_two_classes_are_no_white_cells() -> None:
    classes = tables.classes()
    keys = [entry.key for entry in classes.values()]
    assert len(set(keys)) == len(keys)
    assert list(classes)[-2:] == [UNIDENTIFIED, NOT_COUNTED]
    assert not classes[UNIDENTIFIED].white
    assert [entry.step for entry in classes.values() if entry.step is not None] == [0, 1, 2, 3, 4]


def test_ranges_rules_groups_and_panel_name_what_there_is() -> None:
    classes, groups = tables.classes(), {group.id: group for group in tables.groups()}
    assert all(set(group.classes) <= classes.keys() for group in groups.values())
    assert {row.of for row in tables.ranges()} <= classes.keys() | groups.keys()
    assert all(set(rule.of) <= classes.keys() and rule.source and rule.note for rule in tables.rules())
    assert all((rule.at_least is None) != (rule.below is None) for rule in tables.rules())
    assert {entry.of for entry in tables.panel()} <= classes.keys()
    assert all(row.source and (row.percent or row.absolute) for row in tables.ranges())


def test_a_range_is_that_of_the_age_and_the_sex() -> None:
    rows = (
        RangeRow(of="monocyte", from_months=0, percent=(7, 13), absolute=(0.5, 1.7)),
        RangeRow(of="monocyte", from_months=24, percent=(4, 9)),
        RangeRow(of="monocyte", from_months=24, sex=Sex.MALE, percent=(5, 10), source="men"),
    )
    newborn = tables.range_of(rows, "monocyte", 0, Sex.FEMALE)
    assert newborn
    assert (newborn.percent, newborn.absolute) == ((7, 13), (0.5, 1.7))
    child = tables.range_of(rows, "monocyte", 30, Sex.FEMALE)
    assert child
    assert (child.percent, child.absolute) == ((4, 9), (0.5, 1.7))
    boy = tables.range_of(rows, "monocyte", 30, Sex.MALE)
    assert boy
    assert boy.percent == (5, 10)
    assert tables.range_of(rows, "monocyte", None, Sex.MALE) is None
    assert tables.range_of(rows, "basophil", 30, Sex.MALE) is None


def test_shipped_ranges_rise_with_age_and_reach_from_birth_to_old_age() -> None:
    for of in ("neutrophils", "lymphocytes", "monocyte", "eosinophil", "basophil", "immature_granulocytes"):
        ages = [row.from_months for row in tables.ranges() if row.of == of]
        assert ages[0] == 0
        assert all(one < other for one, other in pairwise(ages))


def test_a_laboratory_adds_classes_keys_and_ranges(vault: Vault) -> None:
    tables.set_own_classes(vault, [replace(OWN, name="  Hairy   cell ")])
    tables.set_keys(vault, {"band": "9"})
    classes = tables.of_vault(vault)
    assert classes["own-1"] == replace(OWN, own=True)
    assert list(classes)[-3:] == ["own-1", UNIDENTIFIED, NOT_COUNTED]
    assert classes["band"].key == "9"
    rows = (RangeRow(of="own-1", from_months=0, percent=(0, 1), source="ours"),)
    tables.set_ranges(vault, rows)
    assert tables.ranges(vault) == rows
    tables.set_ranges(vault, None)
    assert tables.ranges(vault) == tables.ranges()


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        ([OWN] * 16, "15 classes of your own at most"),
        ([replace(OWN, name=" ")], "needs a name"),
        ([replace(OWN, name="x" * 41)], "needs a name"),
        ([replace(OWN, name="MONOCYTE")], "take another name"),
        ([OWN, OWN], "take another name"),
        ([replace(OWN, key="s")], "The key s belongs to Segmented neutrophil"),
        ([replace(OWN, key="ß")], "one small letter or digit"),
    ],
)
def test_classes_that_cannot_be_are_refused(vault: Vault, added: list[CellClass], sentence: str) -> None:
    with pytest.raises(NotAllowed, match=sentence) as refused:
        tables.set_own_classes(vault, added)
    assert isinstance(refused.value, tables.KeyRefused) == ("key" in sentence or "letter or digit" in sentence)
    assert tables.own_classes(vault) == ()


@pytest.mark.parametrize(
    "row",
    [
        RangeRow(of="nothing", from_months=0, percent=(0, 1)),
        RangeRow(of="band", from_months=0, percent=(9, 1)),
        RangeRow(of="band", from_months=0, percent=(0, 101)),
        RangeRow(of="band", from_months=-1, percent=(0, 1)),
    ],
)
def test_ranges_that_cannot_be_are_refused(vault: Vault, row: RangeRow) -> None:
    with pytest.raises(NotAllowed):
        tables.set_ranges(vault, [row])
    assert tables.ranges(vault) == tables.ranges()


def test_keys_that_are_taken_are_refused(vault: Vault) -> None:
    with pytest.raises(NotAllowed, match="The key m belongs to"):
        tables.set_keys(vault, {"band": "m"})


def test_the_panel_shows_drawn_cells_until_a_laboratory_has_its_own(vault: Vault) -> None:
    for entry in tables.panel():
        data, own = tables.panel_picture(vault, entry)
        assert data.startswith(b"\x89PNG")
        assert not own
    band = next(entry for entry in tables.panel() if entry.of == "band")
    tables.set_panel_picture(vault, "band", b"a crop")
    assert tables.panel_picture(vault, band) == (b"a crop", True)
    tables.set_panel_picture(vault, "band", None)
    assert not tables.panel_picture(vault, band)[1]
    with pytest.raises(NotAllowed):
        tables.set_panel_picture(vault, "blast", b"a crop")
