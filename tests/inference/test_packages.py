import shutil
from pathlib import Path

import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.inference import install, packages
from clinoscope.paths import MODELS


def ignore(_doing: str, _share: float) -> None:
    pass


CAUTION = "[caution]\ntemperature = 1.5\ncoverage = 0.9\nquantile = 0.9\npictures = 200\nfitted_on = ['far']\n"
FLAG = "[[flags]]\nid = 'a'\nname = 'A'\nnote = 'A.'\nkind = 'label'\nthreshold = 2.0\n"
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
        ("[figures]", f"{FLAG}label = 'pink'\n[figures]", "flag a names a label 'pink'"),
        ("[figures]", f"{FLAG}label = 'red'\n[figures]", "threshold of the flag a"),
        ("[figures]", f"{FLAG}label = 'red'\n{CAUTION}[figures]", "screening threshold and the section caution"),
    ],
)
def test_a_package_file_without_sense_is_refused_in_one_sentence(write_package, toy_toml, old, new, told):
    assert old in toy_toml
    folder = write_package(FILES, toy_toml.replace(old, new))
    with pytest.raises(PackageError, match=told):
        packages.load(folder)
    assert len(packages.verify(folder)) == 1


@pytest.mark.parametrize("body", ["x = " + "[" * 100_000, "x = " + "9" * 5000, "#" * 2_000_000, "x" * 5000, "\ufeff"])
def test_a_package_file_that_only_wastes_time_is_refused(write_package, body):
    folder = write_package(FILES)
    (folder / "package.toml").write_bytes(packages.sealed(body))
    with pytest.raises(PackageError, match="Model package toy"):
        packages.load(folder)


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


def test_the_shipped_package_is_in_use_until_another_is_chosen_and_again_after(own_package, site):
    shipped = packages.for_task("skin/rash")
    assert shipped.folder == MODELS / "skin" / "rash"
    added = install.install(own_package(), site, ignore)
    assert packages.for_task("skin/rash") is shipped, "installing alone changes no reading"
    install.use("skin/rash", added.model.sha256, site)
    own = packages.for_task("skin/rash")
    assert own.ref == added.model
    assert own.folder.parent == site / "packages"
    assert packages.for_task("skin/rash") is own
    install.use("skin/rash", "", site)
    assert packages.for_task("skin/rash") is shipped


def test_a_chosen_package_that_is_gone_or_altered_is_never_quietly_replaced(own_package, site):
    sha256 = install.install(own_package(), site, ignore).model.sha256
    install.use("skin/rash", sha256, site)
    place = site / "packages" / sha256
    (place / "MODEL_CARD.md").write_text("# another card")
    with pytest.raises(PackageError, match=r"skin-rash: the file MODEL_CARD\.md was changed"):
        packages.for_task("skin/rash")
    shutil.rmtree(place)
    with pytest.raises(PackageError, match="chosen for skin/rash is not there any more"):
        packages.for_task("skin/rash")


def test_the_very_package_that_another_one_names_is_found_though_it_is_not_in_use(own_package, site):
    added = install.install(own_package(), site, ignore)
    shipped = packages.for_task("skin/rash")
    assert packages.exact("skin/rash", added.model.sha256).ref == added.model
    install.use("skin/rash", added.model.sha256, site)
    assert packages.exact("skin/rash", shipped.sha256) is shipped
    with pytest.raises(PackageError, match="for skin/rash that is needed here, 0000"):
        packages.exact("skin/rash", "0" * 64)


def test_the_card_of_a_shipped_package_is_kept_from_its_first_use_on(site):
    packages._kept.cache_clear()
    package = packages.for_task("skin/rash")
    kept = site / "archive" / package.sha256
    assert {path.name for path in kept.iterdir()} == {"package.toml", "MODEL_CARD.md"}
    assert packages.read_info(kept).ref == package.ref


def test_a_site_folder_that_cannot_be_written_to_stands_in_no_readings_way(site):
    site.write_text("a file where the folder should be")
    packages._kept.cache_clear()
    assert packages.for_task("skin/rash").task == "skin/rash"


def test_a_folder_without_a_package_file_is_told(tmp_path: Path):
    with pytest.raises(PackageError, match=r"package\.toml cannot be read"):
        packages.load(tmp_path)
