import dataclasses
import json
import math

from clinoscope.inference.metrics import measure
from clinoscope.reports.preview import page_count
from clinoscope.training.recipe import load
from clinoscope.training.report import Report, facts, made_now, with_readings, write


def refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is not JSON")


def test_both_files_are_written_and_the_json_is_strict(whole_report, tmp_path):
    write(*whole_report, tmp_path)
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"), parse_constant=refuse)
    assert document["history"] == [[1.5, 0.7, 0.4], [1.4, 0.8, None]]
    assert document["figures"]["accuracy"] == whole_report[0].figures["accuracy"]
    assert document["flags"][0]["rule"]["label"] == "melanoma"
    assert "arrays" not in document["flags"][1]
    assert [form["form"] for form in document["quantised"]["forms"]] == ["float32", "float16", "int8"]
    assert document["explanation"]["explanation"]["shown"] is False
    assert page_count((tmp_path / "report.pdf").read_bytes()) >= 3


def test_only_the_recipe_and_the_figures_are_needed(whole_report, tmp_path):
    report, readings = whole_report
    write(Report(recipe=report.recipe, figures=report.figures), readings, tmp_path)
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"), parse_constant=refuse)
    assert document["explanation"] is None
    assert document["variants"] == []


def test_the_readings_add_reliability_and_set_sizes(whole_report):
    report = with_readings(*whole_report)
    assert sum(row["n"] for row in report.reliability) == 240
    assert sum(report.set_sizes.values()) == 1
    assert report.ece_by_chance is not None
    assert 0 < report.ece_by_chance < 0.2


def test_numpy_and_infinities_become_plain(whole_report):
    report, readings = whole_report
    odd = dataclasses.replace(report, ece_by_chance=math.inf, set_sizes={"1": readings.probabilities[0, 0]})
    document = json.loads(odd.to_json(), parse_constant=refuse)
    assert document["ece_by_chance"] is None
    assert document["set_sizes"]["1"] == readings.probabilities[0, 0]


def test_the_figure_that_counts_is_the_auc_of_two_labels(whole_report):
    report, readings = whole_report
    assert report.main == ("balanced_accuracy", "balanced accuracy")
    two = dataclasses.replace(readings, labels=readings.labels[:2], probabilities=readings.probabilities[:, :2])
    two = dataclasses.replace(two, truth=readings.truth % 2, sets=readings.sets[:, :2])
    assert dataclasses.replace(report, figures=measure(two)).main == ("auc", "AUC")


def test_the_chosen_variant_is_found(whole_report):
    report, _ = whole_report
    assert report.chosen is not None
    assert report.chosen["name"] == "tiny-top"
    assert dataclasses.replace(report, variants=()).chosen is None


def test_facts_of_a_recipe_go_into_a_report(recipe_file, whole_report):
    said = facts(load(recipe_file), "clinoscope train x")
    assert said["command"] == "clinoscope train x"
    assert said["sources"] == [{"name": "drawn", "licence": "none", "what": "coloured spots"}]
    needed = set(whole_report[0].recipe)
    assert needed <= set(said)
    assert set(whole_report[0].recipe["input"]) <= set(said["input"])


def test_made_now_says_when_where_and_how_long():
    made = made_now(12.5)
    assert made["seconds"] == 12.5
    assert made["date"].startswith("20")
    assert "cores" in made["machine"]
