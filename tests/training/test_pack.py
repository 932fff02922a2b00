import json

import pytest

from clinoscope.inference import packages
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
    assert report["litert"]["largest_difference"] < pack.LARGEST_DIFFERENCE


def test_the_reference_holds_statistics_and_no_picture(spots_run):
    # 36 pictures, 3 views each: far fewer axes than rows, so that no row can be read back
    data = packages.load(spots_run[1]).content["reference.npz"]
    assert load_reference(data, "toy").axes.shape[0] <= 27


def test_a_tiny_network_takes_next_to_no_time(spots_run):
    assert 0 < pack.milliseconds(packages.load(spots_run[1]), runs=5) < 50
