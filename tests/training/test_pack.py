import json
from types import SimpleNamespace

import numpy as np
import pytest

from clinoscope.inference import packages, watcher
from clinoscope.inference.rejection import load_reference
from clinoscope.training import pack


def test_the_report_holds_what_the_package_says(spots_run):
    out, folder, _ = spots_run
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    package = packages.load(folder)
    assert package.calibration.temperature == pytest.approx(report["temperature"])
    assert package.conformal.quantile == pytest.approx(report["quantile"])
    assert package.figures.accuracy.value == pytest.approx(report["figures"]["accuracy"]["value"], abs=1e-4)
    assert package.figures.own_refused.value == pytest.approx(report["own_refused"]["value"], abs=1e-4)
    assert package.figures.foreign_refused.value is not None


def test_the_reference_holds_statistics_and_no_picture(spots_run):
    # 36 pictures: far fewer axes than rows, so that no row can be read back
    data = packages.load(spots_run[1]).content["reference.npz"]
    assert load_reference(data, "toy").axes.shape[0] <= 9


def test_the_rejection_names_the_watcher_it_was_fitted_with(spots_run):
    package = packages.load(spots_run[1])
    assert package.rejection.watcher == watcher.SHA256
    reference = load_reference(package.content["reference.npz"], "toy")
    assert reference.mean.shape == watcher.features([np.zeros((224, 224, 3), np.uint8)]).shape


def test_a_remark_that_was_left_out_is_told():
    remarks = [SimpleNamespace(id=name, name=name.title()) for name in ("vacuoles", "spots")]
    flags = [SimpleNamespace(rule=SimpleNamespace(id="spots"))]
    notes = pack._notes(SimpleNamespace(recipe=SimpleNamespace(remarks=remarks), flags=flags))
    assert notes[1:] == ["The flag Vacuoles was left out: too few pictures say whether it holds."]
