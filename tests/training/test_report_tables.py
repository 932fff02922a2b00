import dataclasses

from clinoscope.training import report_tables as tables
from clinoscope.training.report import with_readings


def test_every_table_says_what_it_shows_and_is_a_rectangle(whole_report):
    report, readings = whole_report
    made = (
        tables.overall(report),
        tables.reliability(with_readings(report, readings)),
        tables.flattery(report),
        tables.variants(report),
        tables.by_label(report),
        tables.refusals(report),
        tables.elsewhere(report),
        tables.origins(report),
        tables.tones(report),
        tables.flags(report),
        tables.quantised(report),
        tables.explanation(report),
        tables.pictures(report),
        tables.sources(report),
    )
    for table in made:
        assert table is not None
        assert table.line.endswith(".")
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.head)}


def test_the_shipped_variant_is_marked_and_the_honest_figure_stands_beside_it(whole_report):
    report, _ = whole_report
    table = tables.variants(report)
    assert table is not None
    assert table.strong == 1
    assert table.rows[1][0] == "→ tiny-top"
    assert "a little better" in table.after
    assert f"{report.figures['balanced_accuracy']['value']:.3f}" in table.after


def test_a_variant_is_told_in_words(whole_report):
    table = tables.variants(whole_report[0])
    assert table is not None
    assert [row[1] for row in table.rows] == [
        "tiny, only its head trained; rare labels weigh more",
        "tiny, trained from half-way on; steps: denoise; 20 generated pictures",
        "tiny, wholly trained; rare labels shown more often; unchanged views only",
    ]


def test_a_screening_threshold_is_said_to_be_chosen_for_sensitivity(whole_report):
    table = tables.flags(whole_report[0])
    assert table is not None
    assert table.rows[0][1] == "chance of melanoma, from 0.1 on (chosen for sensitivity)"
    assert table.rows[1][1] == "how unlike the ordinary ones, from 0.98 on (chosen for specificity)"
    assert table.rows[1][2] == "–"


def test_top_one_is_the_accuracy_and_not_said_twice(whole_report):
    names = [row[0] for row in tables.overall(whole_report[0]).rows]
    assert "top 2" in names
    assert "top 1" not in names


def test_labels_that_follow_one_another_tell_how_often_the_answer_is_next_to_the_true_one(whole_report):
    report = whole_report[0]
    stages = dataclasses.replace(report, recipe={**report.recipe, "ordered": True})
    told = {row[0]: row[1] for row in tables.overall(stages).rows}
    assert told["within one"].startswith(f"{report.figures['within_one']['value']:.3f}")
    assert "within one" in tables.elsewhere(stages).head
    assert "within one" not in tables.elsewhere(report).head
    assert "within one" not in {row[0] for row in tables.overall(report).rows}


def test_maps_that_failed_are_said_to_be_hidden(whole_report):
    table = tables.explanation(whole_report[0])
    assert table is not None
    assert table.after == "Failed, so no map is shown: they lie."
    found = whole_report[0].explanation
    passed = dataclasses.replace(found, explanation=dataclasses.replace(found.explanation, shown=True))
    table = tables.explanation(dataclasses.replace(whole_report[0], explanation=passed))
    assert table is not None
    assert table.after.startswith("Passed")


def test_memory_that_was_not_measured_is_a_dash(whole_report):
    table = tables.quantised(whole_report[0])
    assert table is not None
    assert table.strong == 1
    assert table.rows[0][3] == "–"
    assert table.rows[-1][0] == "Keras, predict"


def test_a_label_without_pictures_of_a_source_is_a_zero(whole_report):
    table = tables.pictures(whole_report[0])
    assert table is not None
    assert table.rows == [("drawn", "80", "0", "240", "0")]


def test_all_that_was_left_out_is_told_under_the_pictures(whole_report):
    report = dataclasses.replace(whole_report[0], left_out=("Left out, for they are copies of other pictures: 5.",))
    assert tables.pictures(report).after == (
        "Left out, for they are copies of other pictures: 5. "
        "2 pictures were left out because no region was found in them."
    )


def test_what_caution_costs_and_brings_is_told(whole_report):
    report = whole_report[0]
    found = tables.cautious(report)
    assert found.head == ("source", "calibration error", "coverage", "answered", "right when answered")
    assert found.rows[0][0] == "clinic B"
    assert tables.cautious(dataclasses.replace(report, caution=None)) is None
