"""``clinoscope models`` as a script or an administrator would call it."""

import json
import shutil
from pathlib import Path

import pytest

from clinoscope import modes
from clinoscope.__main__ import main
from clinoscope.paths import MODELS


@pytest.fixture
def models(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """Calls the command with a site folder of its own; gives exit status, what it printed, and what it said."""
    site = ["--models-site", str(tmp_path / "site")]

    def call(*arguments: object) -> tuple[int, object, str]:
        status = main(["models", *map(str, arguments), *site])
        out, err = capsys.readouterr()
        return status, json.loads(out) if out else None, err

    return call


def test_what_ships_is_listed_and_verified_and_the_rest_is_not_trained(models) -> None:
    status, listed, _ = models("list")
    assert status == 0
    shipped = [entry for entry in listed if entry["trained"]]
    assert {entry["task"] for entry in shipped} == set(modes.shipped_ids())
    assert all(entry["ok"] and entry["in_use"] and entry["origin"] == "shipped" for entry in shipped)
    untrained = {entry["task"]: entry["labels"] for entry in listed if not entry["trained"]}
    assert untrained["neutrophil/abnormality"] == ["NEU", "HYP", "CRY", "DB", "HJBLI", "GBI", "BAC"]
    assert set(shipped[0]) >= {"task", "model", "sha256", "folder", "figures"}
    status, told, _ = models("verify")
    assert (status, told["ok"], told["packages"]) == (0, True, len(shipped))


def test_another_folder_is_looked_at_alone(models, tmp_path: Path) -> None:
    assert models("verify", "--models", tmp_path)[0] == 1, "an empty folder is no good set of packages"
    shutil.copytree(MODELS / "skin" / "rash", tmp_path / "skin" / "rash")
    assert models("verify", "--models", tmp_path)[0] == 0
    assert len(models("list", "--models", tmp_path)[1]) == 1
    with (tmp_path / "skin" / "rash" / "MODEL_CARD.md").open("a") as card:
        card.write(".")
    status, told, _ = models("verify", "--models", tmp_path)
    assert (status, told["problems"]) == (1, ["skin/rash: the file MODEL_CARD.md was changed."])


def test_a_changed_and_a_missing_package_of_the_program_are_named(
    models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(MODELS / "skin" / "rash", tmp_path / "skin" / "rash")
    (tmp_path / "skin" / "rash" / "MODEL_CARD.md").write_text("# another")
    monkeypatch.setattr("clinoscope.workflow.models.MODELS", tmp_path)
    monkeypatch.setattr("clinoscope.inference.packages.folders", lambda root=tmp_path: (tmp_path / "skin" / "rash",))
    status, told, _ = models("verify")
    assert status == 1
    assert "skin/rash: the file MODEL_CARD.md was changed." in told["problems"]
    assert "skin/lesion-photo: there is no model package." in told["problems"]
    assert not any("skin/mpox" in problem for problem in told["problems"]), "nobody ships that one"


def test_the_whole_life_of_a_package(models, own_package) -> None:
    folder = own_package()
    packed = shutil.make_archive(str(folder.parent / "stick"), "zip", folder.parent, folder.name)
    status, told, err = models("install", packed)
    assert (status, told["task"], told["model"], told["new"], told["in_use"]) == (
        0, "skin/rash", "skin-rash@9.0.0", True, False,
    )  # fmt: skip
    assert "Not in use yet: clinoscope models use skin/rash skin-rash@9.0.0" in err
    status, again, err = models("install", folder)
    assert (status, again["new"], again["sha256"]) == (0, False, told["sha256"])
    assert "already there" in err
    assert models("use", "skin/rash", "skin-rash@9.0.0")[1]["in_use"]
    listed = {entry["model"]: entry for entry in models("list")[1] if entry["task"] == "skin/rash"}
    assert listed["skin-rash@9.0.0"]["in_use"]
    assert listed["skin-rash@9.0.0"]["origin"] == "installed"
    status, _, err = models("remove", "skin-rash@9.0.0")
    assert status == 1
    assert "in use for skin/rash. Put another one in use first." in err
    assert models("use", "skin/rash", "shipped")[0] == 0
    assert models("remove", told["sha256"][:12])[1] == {
        "task": "skin/rash", "model": "skin-rash@9.0.0", "removed": True,
    }  # fmt: skip
    assert len([entry for entry in models("list")[1] if entry["task"] == "skin/rash"]) == 1


def test_installing_and_choosing_in_one_go(models, own_package) -> None:
    assert models("install", own_package(), "--use")[1]["in_use"]
    assert models("verify")[1]["ok"]


def test_a_refusal_is_one_sentence_and_nothing_is_there(models, own_package, tmp_path: Path) -> None:
    folder = own_package()
    (folder / "model.tflite").write_bytes(b"x")
    for source in (folder, tmp_path / "gone.zip"):
        status, out, err = models("install", source)
        assert (status, out) == (1, None)
        assert err.splitlines()[-1].startswith("clinoscope: ")
    shipped = models("list")[1][0]["model"]
    assert "belongs to the program and stays" in models("remove", shipped)[2]
    assert "There is no model package nothing@1" in models("use", "skin/rash", "nothing@1")[2]
    assert not list((tmp_path / "site").glob("packages/*"))


def test_an_installed_package_that_was_altered_fails_verify(models, own_package, tmp_path: Path) -> None:
    sha256 = models("install", own_package())[1]["sha256"]
    (tmp_path / "site" / "packages" / sha256 / "model.tflite").write_bytes(b"x")
    status, told, _ = models("verify")
    assert (status, told["problems"]) == (1, ["skin/rash (skin-rash@9.0.0): the file model.tflite was changed."])
