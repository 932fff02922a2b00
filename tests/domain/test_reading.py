from clinoscope.domain.reading import UNSURE, ModelRef, Reading

MODEL = ModelRef("skin-rash", "1.2", "0" * 64)


def test_top_is_the_likeliest_label_even_when_unsure() -> None:
    reading = Reading("skin/rash", UNSURE, MODEL, probabilities={"mpox": 0.4, "tinea": 0.6})
    assert reading.top == "tinea"


def test_top_is_empty_without_labels() -> None:
    assert Reading("anemia/lip", "measured", MODEL).top == ""


def test_a_model_is_named_with_its_version() -> None:
    assert str(MODEL) == "skin-rash@1.2"
    assert MODEL.shown == "skin-rash 1.2"
