import dataclasses

from clinoscope.training.backbones import named_in
from clinoscope.training.report_words import duration, group_line, method, show, summary, words


def test_a_figure_is_shown_with_its_interval():
    assert show({"value": 0.7123, "low": 0.66, "high": 0.75}) == "0.712 (0.660 to 0.750)"
    assert show({"value": 0.025, "low": 0.01, "high": 0.04}, as_percent=True) == "2.5 % (1.0 to 4.0)"
    assert show({"value": 0.5}) == "0.500"


def test_what_was_not_measured_is_a_dash():
    assert show(None) == "–"
    assert show({"value": None, "low": None, "high": None}) == "–"


def test_labels_and_times_read_as_words():
    assert words("immature_granulocyte") == "immature granulocyte"
    assert [duration(seconds) for seconds in (3, 120, 7200)] == ["3 s", "2 min", "2.0 h"]


def test_the_summary_says_what_was_measured_on_whom(whole_report):
    report, _ = whole_report
    said = summary(report)
    assert "one of 3 labels" in said or "which of 3 labels" in said
    assert "240 pictures of 80 patients" in said
    assert show(report.figures["balanced_accuracy"]) in said
    assert "unsure" in said
    assert "diagnos" not in said


def test_what_a_group_is_stands_in_a_sentence(whole_report):
    assert "grouped by patients" in group_line(whole_report[0])


def test_the_method_names_the_network_where_the_program_looks_for_it(whole_report):
    lines = method(whole_report[0])
    assert named_in("\n".join(f"- {line}" for line in lines)) == "tiny"
    assert "denoise, resized to 64 x 64" in lines[0]
    assert "A line of its own." in lines
    assert "10 epochs at a learning rate of 0.0005, on 3 views of every picture." in lines


def test_a_head_alone_has_no_epochs(whole_report):
    report, _ = whole_report
    head = [{**way, "chosen": way["train"] == "head"} for way in report.variants]
    lines = method(dataclasses.replace(report, variants=head))
    assert "A linear head on 3 views of every picture; its strength was chosen by inner grouped folds." in lines
