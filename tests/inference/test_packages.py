import shutil
from pathlib import Path

import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.inference import packages

FILES = {"model.tflite": b"weights", "MODEL_CARD.md": b"# toy\n"}


def test_a_whole_package_loads_with_the_bytes_that_were_checked(write_package):
    folder = write_package(FILES)
    package = packages.load(folder)
    assert packages.verify(folder) == []
    assert package.content == FILES
    assert package.labels == ("red", "green", "blue")
    assert package.figures is not None
    assert str(package.figures.accuracy) == "0.90 (0.80 to 1.00)"
    assert package.ref.name == "toy"
    assert package.ref.version == "1.2.3"


def test_the_reference_names_the_package_file_and_so_every_byte(write_package, toy_toml):
    one = packages.load(write_package(FILES)).ref.sha256
    other = packages.load(write_package(FILES, toy_toml.replace("0.6", "0.7"), "other")).ref.sha256
    assert len(one) == 64
    assert one != other


@pytest.mark.parametrize(("old", "new"), [(b"0.6", b"0.7"), (b"# SHA", b"# SHB"), (b"toy", b"tox")])
def test_a_changed_byte_of_the_package_file_is_refused_though_it_still_makes_sense(write_package, old, new):
    folder = write_package(FILES)
    data = (folder / "package.toml").read_bytes()
    assert old in data
    (folder / "package.toml").write_bytes(data.replace(old, new, 1))
    with pytest.raises(PackageError, match=r"Model package toy: the file package\.toml was changed\. Install"):
        packages.load(folder)


@pytest.mark.parametrize("place", [0, 3, 6])
def test_one_changed_byte_is_refused_and_named(write_package, place):
    folder = write_package(FILES)
    data = bytearray(FILES["model.tflite"])
    data[place] ^= 1
    (folder / "model.tflite").write_bytes(bytes(data))
    with pytest.raises(PackageError) as caught:
        packages.load(folder)
    assert str(caught.value) == "Model package toy: the file model.tflite was changed. Install the package again."


def test_a_missing_and_a_foreign_file_are_both_told(write_package):
    folder = write_package(FILES)
    (folder / "MODEL_CARD.md").unlink()
    (folder / "extra.npz").write_bytes(b"x")
    (folder / ".DS_Store").write_bytes(b"litter of a file manager is no problem")
    assert packages.verify(folder) == [
        "the file MODEL_CARD.md is missing.",
        "the file extra.npz does not belong to it.",
    ]


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "inner/model.tflite", "C:model.tflite", "..", "a\\\\b"])
def test_a_file_name_that_leaves_the_folder_is_refused_unread(write_package, tmp_path, name):
    (tmp_path / "secret").write_bytes(b"secret")
    folder = write_package(FILES)
    body = (folder / "package.toml").read_text(encoding="utf-8").partition("\n")[2]
    (folder / "package.toml").write_bytes(packages.sealed(f'{body}"{name}" = "{"0" * 64}"\n'))
    with pytest.raises(PackageError, match="is not allowed"):
        packages.load(folder)


def test_a_link_out_of_the_folder_is_refused(write_package, tmp_path):
    folder = write_package(FILES)
    outside = tmp_path / "outside"
    outside.write_bytes(FILES["model.tflite"])
    (folder / "model.tflite").unlink()
    (folder / "model.tflite").symlink_to(outside)
    with pytest.raises(PackageError, match="is not allowed"):
        packages.load(folder)


def test_an_oversized_file_is_refused(write_package, monkeypatch):
    folder = write_package(FILES)
    monkeypatch.setattr(packages, "MAX_BYTES", 3)
    with pytest.raises(PackageError, match=r"model\.tflite is too large"):
        packages.load(folder)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format = 1", "format = 2", "Update Clinoscope"),
        ('labels = ["red", "green", "blue"]', 'labels = ["red", "red"]', "different labels"),
        ("[calibration]\ntemperature = 1.0", "", "calibration is missing"),
        ("quantile = 0.6", 'quantile = "much"', "not valid"),
        ("size = 32", "size = ", "was changed"),
        ('kind = "classify"', 'kind = "guess"', "not valid"),
        ("margin = 0.0", 'colour = "bgr"', "not valid"),
    ],
)
def test_a_package_file_without_sense_is_refused_in_one_sentence(write_package, toy_toml, old, new, told):
    assert old in toy_toml
    folder = write_package(FILES, toy_toml.replace(old, new))
    with pytest.raises(PackageError, match=told):
        packages.load(folder)
    assert len(packages.verify(folder)) == 1


def test_a_number_that_is_not_there_is_a_sentence_not_a_crash(write_package):
    parameters = packages.load(write_package(FILES)).parameters
    with pytest.raises(
        PackageError, match=r"Model package toy: the file package.toml has no number least_score\. Install"
    ):
        parameters["least_score"]


def test_the_model_file_itself_must_be_hashed(write_package):
    folder = write_package({"MODEL_CARD.md": b"# toy\n"})
    with pytest.raises(PackageError, match=r"hash of model\.tflite is missing"):
        packages.load(folder)


def test_a_task_finds_its_package_by_folder(write_package, tmp_path):
    models = tmp_path / "models"
    shutil.copytree(write_package(FILES), models / "skin" / "lesion-photo")
    assert [packages.read_info(folder).name for folder in packages.folders(models)] == ["toy"]
    package = packages.for_task("skin/lesion-photo", models)
    assert packages.for_task("skin/lesion-photo", models) is package
    with pytest.raises(PackageError, match="There is no model package for skin/rash"):
        packages.for_task("skin/rash", models)


def test_a_package_in_another_tasks_folder_is_refused(write_package, tmp_path):
    models = tmp_path / "models"
    shutil.copytree(write_package(FILES), models / "skin" / "rash")
    with pytest.raises(PackageError, match="made for skin/lesion-photo, not for skin/rash"):
        packages.for_task("skin/rash", models)


def test_a_folder_without_a_package_file_is_told(tmp_path: Path):
    with pytest.raises(PackageError, match=r"package\.toml cannot be read"):
        packages.load(tmp_path)
