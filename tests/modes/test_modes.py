"""The mode files themselves: what the program and the issue promise of them."""

from pathlib import Path

import msgspec
import pytest

from clinoscope import modes
from clinoscope.domain.task import Kind

LABELS = {
    "anemia/nail": ["anemic", "not_anemic"],
    "anemia/conjunctiva-class": ["anemic", "not_anemic"],
    "skin/lesion-photo": [
        "actinic_keratosis",
        "keratinocyte_carcinoma",
        "melanocytic_nevus",
        "melanoma",
        "seborrheic_keratosis",
    ],
    "skin/rash": ["mpox", "chickenpox", "measles", "tinea", "other_rash", "normal_skin"],
    "scalp/disease": [
        "alopecia_areata",
        "psoriasis",
        "folliculitis",
        "seborrheic_dermatitis",
        "tinea_capitis",
        "other_alopecia",
    ],
    "scalp/hair-loss": ["mild", "moderate", "severe"],
    "neutrophil/type": [
        "neutrophil",
        "immature_granulocyte",
        "eosinophil",
        "basophil",
        "lymphocyte",
        "monocyte",
        "erythroblast",
        "platelet",
    ],
    "skin/mpox": ["mpox", "not_mpox"],
    "anemia/lip-class": ["anemic", "not_anemic"],
    "neutrophil/abnormality": ["NEU", "HYP", "CRY", "DB", "HJBLI", "GBI", "BAC"],
    "neutrophil/stage": ["promyelocyte", "myelocyte", "metamyelocyte", "band", "segmented"],
}


def test_four_modes_in_the_order_of_the_rail() -> None:
    assert [mode.id for mode in modes.all_modes()] == ["anemia", "skin", "scalp", "neutrophil"]


@pytest.mark.parametrize("task_id", LABELS)
def test_labels_are_the_agreed_ones_in_their_order(task_id: str) -> None:
    assert [label.id for label in modes.task(task_id).labels] == LABELS[task_id]


def test_the_tasks_that_nobody_has_trained_come_without_a_package() -> None:
    untrained = {"anemia/lip-class", "anemia/conjunctiva-class", "skin/mpox", "skin/anomaly", "neutrophil/abnormality"}
    assert set(modes.task_ids()) - set(modes.shipped_ids()) == untrained
    assert len(modes.task("skin/anomaly").labels) == 9


@pytest.mark.parametrize("task_id", modes.task_ids())
def test_a_task_has_words_for_the_person_in_front_of_it(task_id: str) -> None:
    task = modes.task(task_id)
    assert modes.mode_of(task_id).id == task.mode
    for words in (task.name, task.purpose, task.instruction, task.cannot_see):
        assert words.strip()
        assert "!" not in words
        assert "diagnos" not in words.lower()
    assert bool(task.labels) == (task.kind is Kind.CLASSIFY)
    assert len({label.id for label in task.labels}) == len(task.labels)
    assert len(task.labels) <= 9, "each label has one key, 1 to 9"


def test_a_wrong_field_in_a_mode_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "eyes.toml"
    file.write_text('id = "eyes"\nname = 3\nicon = "x"\nsummary = "x"\ntasks = []\n')
    with pytest.raises(msgspec.ValidationError, match="name"):
        modes.load(file)


def test_an_unknown_task_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        modes.task("skin/nothing")
