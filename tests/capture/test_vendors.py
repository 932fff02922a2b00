from clinoscope.capture import vendors
from clinoscope.capture.vendors import Vendor


def test_a_kind_whose_library_is_absent_is_not_offered(monkeypatch):
    monkeypatch.setattr(vendors, "VENDORS", {"x": Vendor("no_such_library_4711", None)})
    assert not vendors.installed("x")
