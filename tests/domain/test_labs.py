from clinoscope.domain.labs import LabKind, LabUnit


def test_the_first_unit_is_the_kinds_own() -> None:
    units = (LabUnit(name="g/dL", factor=1), LabUnit(name="g/L", factor=0.1))
    kind = LabKind(id="a", name="A", units=units, decimals=1, possible=(1, 9), usual=(2, 3), source="")
    assert kind.unit == "g/dL"
