"""A package that is sealed rightly may still be made wrongly: it is told before it is installed."""

import io

import numpy as np
import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.inference import packages, trial
from clinoscope.paths import MODELS

CAUTION = '[caution]\ntemperature = 1.5\ncoverage = 0.9\nquantile = 2.0\npictures = 200\nfitted_on = ["far"]\n\n'


def check(package):
    trial.check(package, package.folder.parent / "site")


def resealed(folder, name, data):
    """Puts another file into a package and writes its right hash."""
    import hashlib

    (folder / name).write_bytes(data)
    file = folder / packages.PACKAGE_FILE
    lines = file.read_text(encoding="utf-8").partition("\n")[2].splitlines()
    right = f'"{name}" = "{hashlib.sha256(data).hexdigest()}"'
    file.write_bytes(packages.sealed("\n".join(right if f'"{name}" =' in line else line for line in lines) + "\n"))
    return folder


@pytest.mark.parametrize("task", ["skin/rash", "anemia/lip", "neutrophil/cells"])
def test_a_shipped_package_with_a_new_version_passes(own_package, task):
    check(packages.load(own_package(task=task)))


def test_fewer_labels_in_another_order_pass_where_the_network_has_them(own_package):
    # the network of six labels: all six, the other way round
    turned = 'labels = ["normal_skin", "other_rash", "tinea", "measles", "chickenpox", "mpox"]'
    package = packages.load(own_package(("^labels = .*", turned)))
    check(package)
    assert package.labels[0] == "normal_skin"


def test_a_package_for_a_task_that_ships_none_may_come_from_a_clinic(own_package):
    six = 'labels = ["melanoma", "dermatofibroma", "atopic_dermatitis", "benign_keratosis", "melanocytic_nevus", '
    folder = own_package(("^task = .*", 'task = "skin/anomaly"'), ("^labels = .*", six + '"vascular_lesion"]'))
    check(packages.load(folder))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("^task = .*", 'task = "skin/nothing"'), "task skin/nothing, which this program does not know"),
        (("^task = .*", 'task = "anemia/lip"'), "of the kind classify; anemia/lip needs one of the kind measure"),
        (("^task = .*", 'task = "anemia/nail"'), "has the label mpox, which anemia/nail does not know"),
        (('"mpox", ', ""), "do not fit together|cannot be run"),
        (("^name = .*", 'name = "../rash"'), "a name or a version"),
        (("^version = .*", 'version = "latest and best"'), "a name or a version"),
        (("^temperature = .*", "temperature = 0.0"), "temperature is 0, which makes no sense"),
        (("^temperature = .*", "temperature = nan"), "temperature is nan"),
        (("^quantile = .*", "quantile = 1.5"), "quantile is 1.5"),
        (("^threshold = .*", "threshold = nan"), "threshold is nan"),
        (("^\\[rejection\\]", CAUTION + "[rejection]"), "caution.quantile is 2"),
        (("^threshold = .*", "threshold = inf"), "threshold is inf"),
        (("^size = .*", "size = 100000"), "size is 100000"),
        (("^size = .*", "size = 128"), "cannot be run by this program"),
        (('^"MODEL_CARD.md" = .*\n', ""), r"has no MODEL_CARD\.md"),
    ],
)
def test_what_this_program_cannot_use_is_one_sentence(own_package, change, told):
    folder = own_package(change)
    if "MODEL_CARD" in change[0]:
        (folder / "MODEL_CARD.md").unlink()
    with pytest.raises(PackageError, match=told) as caught:
        check(packages.load(folder))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("network", [b"", b"not a network", bytes(1000)])
def test_a_file_that_is_no_network_is_told(own_package, network):
    with pytest.raises(PackageError, match="cannot be run by this program"):
        check(packages.load(resealed(own_package(), "model.tflite", network)))


def test_a_card_nobody_can_read_is_told(own_package):
    with pytest.raises(PackageError, match=r"MODEL_CARD\.md is too large"):
        check(packages.load(resealed(own_package(), "MODEL_CARD.md", b"#" * 1_100_000)))


def test_a_cut_off_network_is_told(own_package):
    data = (MODELS / "skin" / "rash" / "model.tflite").read_bytes()
    with pytest.raises(PackageError, match="cannot be run by this program"):
        check(packages.load(resealed(own_package(), "model.tflite", data[: len(data) // 2])))


@pytest.mark.parametrize("name", ["mean", "axes", "kind_weights"])
@pytest.mark.parametrize("spoil", ["size", "nan"])
def test_reference_numbers_that_do_not_fit_the_network_are_told(own_package, name, spoil):
    with np.load(MODELS / "skin" / "rash" / "reference.npz") as numbers:
        arrays = {key: numbers[key].astype(np.float32) for key in numbers.files}
    arrays[name] = arrays[name][..., :-1] if spoil == "size" else np.full_like(arrays[name], np.nan)
    made = io.BytesIO()
    np.savez(made, **arrays)
    with pytest.raises(PackageError, match="do not fit together"):
        check(packages.load(resealed(own_package(), "reference.npz", made.getvalue())))


def test_a_measuring_package_without_one_of_its_numbers_is_told(own_package):
    folder = own_package(("^day_to_day = .*\n", ""), task="anemia/lip")
    with pytest.raises(PackageError, match="has no number day_to_day"):
        check(packages.load(folder))


def test_a_counting_package_needs_the_packages_it_was_measured_with(own_package, site):
    folder = own_package(('^sha256 = ".*"', f'sha256 = "{"0" * 64}"'), task="neutrophil/cells")
    with pytest.raises(PackageError, match="for neutrophil/type that is needed here"):
        check(packages.load(folder))
