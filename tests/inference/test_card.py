from clinoscope.inference import packages
from clinoscope.inference.card import Figure


def test_a_figure_in_words():
    assert str(Figure(value=0.714, low=0.66, high=0.751)) == "0.71 (0.66 to 0.75)"
    assert str(Figure(value=0.5)) == "0.50"
    assert str(Figure()) == "not measured"


def test_a_package_stands_for_its_file(write_package):
    folder = write_package({"model.tflite": b"weights"})
    one, other = packages.load(folder), packages.load(folder)
    assert hash(one) == hash(other)
    assert one.ref == other.ref
    assert str(one.ref) == "toy@1.2.3"
