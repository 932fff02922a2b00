from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinoscope.workflow import dataset_notes
from clinoscope.workflow.dataset_notes import readme, recipes
from clinoscope.workflow.export_dataset import Exported, LabelBy

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def exported(**changes: object) -> Exported:
    told = {
        "folder": Path("/secret/place"),
        "task": "anemia/nail",
        "label_by": LabelBy.REVIEW,
        "pictures": 12,
        "patients": 7,
        "labels": {"anemic": 5, "not_anemic": 7},
        "left_out": {"the clinician was unsure": 3},
        "phantoms": 0,
        "hb_days": 7,
    }
    return Exported(**(told | changes))  # type: ignore[arg-type]


def test_it_says_what_how_many_when_and_what_is_forbidden() -> None:
    text = readme(exported(), NOW)
    flat = " ".join(text.split())
    assert "Nail photo (anemia/nail), 2026-11" in flat
    assert "2026-11-20" not in text and "secret" not in text
    assert "Pictures: 12 of 7 patients." in flat
    assert "anemic: 5" in flat and "3: the clinician was unsure" in flat
    assert "must not try to find out who they show" in flat
    assert "Every patient in it had agreed to the use for training" in flat
    assert "clinoscope train models/recipes/anemia-nail.toml --data DIR --out DIR2" in flat
    assert "Research use only; not a diagnosis." in flat
    assert max(map(len, text.splitlines())) <= 100


def test_it_says_where_labels_of_haemoglobin_come_from_and_counts_phantoms() -> None:
    flat = " ".join(readme(exported(label_by=LabelBy.HB, phantoms=2), NOW).split())
    assert "within 7 days of the picture" in flat
    assert "World Health Organization; 2024" in flat
    assert "Pregnancy is not known here" in flat
    assert "2 of them drawn by the program" in flat


def test_a_task_names_its_own_recipes_and_no_others() -> None:
    assert recipes(exported(task="scalp/disease"))[0] == "models/recipes/scalp-disease.toml"
    assert "models/recipes/scalp-disease.toml" not in recipes(exported(task="skin/rash"))
    assert recipes(exported(task="neutrophil/cells")) == ()
    assert "--data DIR" in readme(exported(task="neutrophil/cells"), NOW)


def test_pictures_labelled_by_haemoglobin_train_every_task_that_looks_at_the_same_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "recipes").mkdir()
    for name, task in (("lips", "anemia/lip-class"), ("nails", "anemia/nail")):
        text = f'task = "{task}"\nlabels = ["anemic", "not_anemic"]\n'
        (tmp_path / "recipes" / f"{name}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(dataset_notes, "MODELS", tmp_path)
    assert recipes(exported(task="anemia/lip", label_by=LabelBy.HB)) == ("models/recipes/lips.toml",)
    assert recipes(exported(task="anemia/lip", label_by=LabelBy.REVIEW)) == ()
