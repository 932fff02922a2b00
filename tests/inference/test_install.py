"""Installing: wholly or not at all, whatever happens; and what was chosen, kept and removed."""

import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinoscope.domain.errors import PackageError
from clinoscope.domain.reading import ModelRef
from clinoscope.inference import install, packages
from clinoscope.inference import site as sites
from clinoscope.paths import MODELS

RASH = "skin/rash"


def ignore(_doing: str, _share: float) -> None:
    pass


def add(source: Path, site: Path) -> install.Added:
    return install.install(source, site, ignore)


def mpox(own_package, version="9.0.0", name="mpox"):
    """A package for a task that ships none: of the network's six labels it needs only names of that task."""
    six = 'labels = ["melanoma", "dermatofibroma", "atopic_dermatitis", "benign_keratosis", "melanocytic_nevus", '
    changes = (("^task = .*", 'task = "skin/anomaly"'), ("^labels = .*", six + '"vascular_lesion"]'))
    return own_package(*changes, version=version, name=name)


def test_a_folder_and_its_zip_are_the_same_package(own_package, site, tmp_path):
    folder = own_package()
    first = add(folder, site)
    assert (first.task, first.model.version, first.new, first.in_use) == (RASH, "9.0.0", True, False)
    place = site / "packages" / first.model.sha256
    assert packages.verify(place) == []
    assert {path.name for path in place.iterdir()} == {path.name for path in folder.iterdir()}
    packed = shutil.make_archive(str(tmp_path / "stick"), "zip", tmp_path, "own")
    again = add(Path(packed), site)
    assert (again.model, again.new) == (first.model, False)
    assert not (site / "staging").exists()


def test_the_shipped_package_is_there_already(site):
    added = add(MODELS / RASH, site)
    assert (added.new, added.in_use) == (False, True)
    assert sites.folders(site) == ()


def test_a_damaged_one_is_repaired_by_installing_it_again(own_package, site):
    folder = own_package()
    place = site / "packages" / add(folder, site).model.sha256
    (place / "model.tflite").write_bytes(b"")
    assert packages.verify(place) != []
    assert add(folder, site).new
    assert packages.verify(place) == []


def test_the_progress_goes_from_nothing_to_all(own_package, site):
    told: list[tuple[str, float]] = []
    install.install(own_package(), site, lambda doing, share: told.append((doing, share)))
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[0] == ("Copying", 0.0)
    assert told[-1] == ("Installed", 1.0)


def test_what_is_refused_leaves_nothing(own_package, site):
    folder = own_package()
    (folder / "extra.bin").write_bytes(b"x")
    with pytest.raises(PackageError, match=r"extra\.bin does not belong to it\. Copy it again from where it was made"):
        add(folder, site)
    assert sites.folders(site) == ()
    assert not (site / "staging").exists()


def test_a_changed_package_is_called_as_what_was_chosen(own_package, site):
    made = own_package()
    folder = made.rename(made.with_name("from the stick"))
    file = folder / "package.toml"
    file.write_bytes(file.read_bytes().replace(b"9.0.0", b"9.0.1"))
    with pytest.raises(PackageError, match=r"Model package from the stick: the file package\.toml was changed"):
        add(folder, site)


def test_another_package_of_the_same_name_and_version_is_refused(own_package, site):
    add(own_package(), site)
    other = own_package(("^trained_on = .*", 'trained_on = "Others."'), name="other")
    with pytest.raises(PackageError, match=r"called skin-rash 9\.0\.0 already\. Give this one a new version"):
        add(other, site)
    shipped = packages.read_info(MODELS / RASH).version
    with pytest.raises(PackageError, match="already"):
        add(own_package(("^trained_on = .*", 'trained_on = "Others."'), version=shipped, name="third"), site)
    assert len(sites.folders(site)) == 1


def test_several_versions_stay_side_by_side_and_each_can_be_chosen(own_package, site):
    one, two = (add(own_package(version=version, name=version), site).model for version in ("9.0.0", "9.1.0"))
    for model in (two, one, two):
        install.use(RASH, model.sha256, site)
        assert packages.for_task(RASH).ref == model
    install.use(RASH, "", site)
    assert packages.for_task(RASH).folder == MODELS / RASH


def test_the_first_package_of_a_task_without_one_is_in_use_and_a_second_is_not(own_package, site):
    first = add(mpox(own_package), site)
    assert first.in_use
    assert packages.for_task("skin/anomaly").ref == first.model
    second = add(mpox(own_package, "9.1.0", "second"), site)
    assert not second.in_use
    with pytest.raises(PackageError, match=r"No model package ships for skin/anomaly"):
        install.use("skin/anomaly", "", site)


def test_using_what_is_not_whole_or_not_of_the_task_is_refused(own_package, site):
    sha256 = add(own_package(), site).model.sha256
    with pytest.raises(PackageError, match="made for skin/rash, not for anemia/nail"):
        install.use("anemia/nail", sha256, site)
    (site / "packages" / sha256 / "reference.npz").unlink()
    with pytest.raises(PackageError, match=r"reference\.npz is missing"):
        install.use(RASH, sha256, site)
    with pytest.raises(PackageError, match="cannot be read"):
        install.use(RASH, "0" * 64, site)
    assert packages.for_task(RASH).folder == MODELS / RASH


def test_what_is_removed_is_remembered(own_package, site):
    model = add(own_package(), site).model
    install.remove(model.sha256, site)
    assert sites.folders(site) == ()
    known = install.find(model, site)
    assert known is not None
    assert known.ref == model
    assert known.figures is not None
    assert (known.folder / "MODEL_CARD.md").is_file()
    assert not (known.folder / "model.tflite").exists()


def test_the_one_in_use_stays_until_another_is(own_package, site):
    model = add(own_package(), site).model
    install.use(RASH, model.sha256, site)
    with pytest.raises(PackageError, match=r"in use for skin/rash\. Put another one in use first"):
        install.remove(model.sha256, site)
    install.use(RASH, "", site)
    install.remove(model.sha256, site)
    assert sites.folders(site) == ()


def test_the_only_one_of_a_task_that_ships_none_can_go(own_package, site):
    model = add(mpox(own_package), site).model
    install.remove(model.sha256, site)
    assert not sites.has_chosen(site, "skin/anomaly")
    with pytest.raises(PackageError, match="There is no model package for skin/anomaly"):
        packages.for_task("skin/anomaly")


def test_what_another_package_works_with_stays(own_package, site):
    types = add(own_package(task="neutrophil/type", name="type"), site).model
    named = ('^task = "neutrophil/type"\nname = .*\nversion = .*\nsha256 = .*', "")
    use = f'task = "neutrophil/type"\nname = "{types.name}"\nversion = "{types.version}"\nsha256 = "{types.sha256}"'
    cells = add(own_package((named[0], use), task="neutrophil/cells", name="cells"), site).model
    with pytest.raises(PackageError, match=r"neutrophil-cells 9\.0\.0 works with this one"):
        install.remove(types.sha256, site)
    install.remove(cells.sha256, site)
    install.remove(types.sha256, site)


def test_removing_what_is_not_there_or_ships_is_refused(site):
    for sha256 in ("0" * 64, packages.hash_of(MODELS / RASH)):
        with pytest.raises(PackageError, match="was not installed here"):
            install.remove(sha256, site)


def test_a_damaged_package_can_be_removed(own_package, site):
    sha256 = add(own_package(), site).model.sha256
    (site / "packages" / sha256 / "package.toml").write_bytes(b"\xff")
    install.remove(sha256, site)
    assert sites.folders(site) == ()


def test_a_package_is_found_by_the_very_reference_of_a_reading(own_package, site):
    shipped = packages.read_info(MODELS / RASH)
    assert install.find(shipped.ref, site).folder == MODELS / RASH
    model = add(own_package(), site).model
    assert install.find(model, site).folder == site / "packages" / model.sha256
    for other in (ModelRef(model.name, "9.0.1", model.sha256), ModelRef("x", "1", "0" * 64), ModelRef("x", "1", "")):
        assert install.find(other, site) is None


def run(source: Path, site: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "clinoscope", "models", "install", str(source), "--models-site", str(site)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_two_at_once_install_it_once(own_package, tmp_path):
    site = tmp_path / "shared"
    folder = own_package()
    ends = [process.wait(60) for process in [run(folder, site) for _ in range(3)]]
    assert ends == [0, 0, 0]
    (place,) = sites.folders(site)
    assert packages.verify(place) == []
    assert not (site / "staging").exists()


def test_two_threads_installing_different_ones_both_succeed(own_package, site):
    folders = [own_package(version=version, name=version) for version in ("9.0.0", "9.1.0")]
    threads = [threading.Thread(target=add, args=(folder, site)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sites.folders(site)) == 2


STEPS = """
import sys
from pathlib import Path
from clinoscope.inference import install
install.install(Path(sys.argv[1]), Path(sys.argv[2]), lambda doing, share: print(doing, share, flush=True))
"""


def test_killed_at_any_instant_nothing_is_half_installed(own_package, tmp_path):
    """Twenty kills: after each step that an installation tells of, at once and some milliseconds later."""
    site, folder = tmp_path / "killed", own_package(task="anemia/lip")
    command = [sys.executable, "-P", "-c", STEPS, str(folder), str(site)]
    seen: set[str] = set()
    for instant in range(20):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(1 + instant % 5):
            process.stdout.readline()
        time.sleep(instant // 5 * 0.003)
        process.kill()
        process.wait()
        process.stdout.close()
        for place in sites.folders(site):
            assert packages.verify(place) == []
        seen.update(path.name for path in site.glob("*"))
        if instant % 3 == 2:
            shutil.rmtree(site)  # begin anew; the others go on from what was left
    assert "staging" in seen, "no kill came in the middle of it"
    add(folder, site)
    (place,) = sites.folders(site)
    assert packages.verify(place) == []
    assert not (site / "staging").exists()


@pytest.fixture(scope="module")
def lips(tmp_path_factory) -> bytes:
    """A small package as a zip: the measure of the lips under another version."""
    folder = tmp_path_factory.mktemp("lips") / "lips"
    shutil.copytree(MODELS / "anemia" / "lip", folder)
    file = folder / packages.PACKAGE_FILE
    body = file.read_text(encoding="utf-8").partition("\n")[2]
    file.write_bytes(packages.sealed(re.sub("^version = .*", 'version = "9.0.0"', body, count=1, flags=re.MULTILINE)))
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name)).read_bytes()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_zip_with_changed_bytes_is_installed_whole_or_not_at_all(lips, tmp_path, data):
    site, source, changed = tmp_path / "site", tmp_path / "stick.zip", bytearray(lips)
    for _ in range(data.draw(st.integers(1, 8))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    source.write_bytes(changed[: data.draw(st.sampled_from([len(changed)] * 3 + [len(changed) // 2]))])
    shutil.rmtree(site, ignore_errors=True)
    try:
        install.install(source, site, ignore)
    except PackageError:
        assert sites.folders(site) == ()
    else:
        (place,) = sites.folders(site)
        assert packages.verify(place) == []
    assert {path.name for path in tmp_path.iterdir()} == {"site", "stick.zip"}
    assert not (site / "staging").exists()
