"""What a package says of its arrays is held against its bytes."""

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinoscope.inference import arrays


def saved(**values: Any) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **values)
    return out.getvalue()


def with_member(data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("a.npy", data)
    return out.getvalue()


def member(shape: str, kind: str = "<f4", values: bytes = b"") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + values


def test_numbers_come_back_as_numpy_would_load_them() -> None:
    values = {
        "half": np.arange(6, dtype=np.float16).reshape(2, 3),
        "across": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
        "one": np.float32(2.5),
        "none": np.zeros((0, 4)),
        "whole": np.arange(4, dtype=np.uint8),
    }
    found = arrays.read(saved(**values))
    assert found.keys() == values.keys()
    for name, value in values.items():
        assert found[name].dtype == np.float64
        np.testing.assert_array_equal(found[name], np.asarray(value, dtype=np.float64))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a zip",
        saved(a=np.array(["words"])),
        saved(a=np.arange(3))[:-30],
        with_member(b"no array at all"),
        with_member(member("(4000000000,)", values=b"x" * 8)),  # 16 GB that are not there
        with_member(member("(-1,)", values=b"")),
        with_member(member("(2, -2)", values=b"x" * 16)),
        with_member(member("'x'", values=b"")),
        with_member(member("(1,)", "|O", values=b"x" * 8)),
        with_member(b"\0" * (arrays.MAX_BYTES + 1)),  # 64 kB that unpack to more than is let in
    ],
    ids=range(11),
)
def test_anything_else_is_refused_before_it_costs_anything(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is the caller's
        arrays.read(data)


WHOLE = saved(mean=np.arange(40.0), rest=np.float32(1))


@settings(max_examples=300, deadline=2000, derandomize=True)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=6))
def test_any_bytes_anywhere_are_numbers_or_refused(at: int, data: bytes) -> None:
    try:
        found = arrays.read(WHOLE[:at] + data + WHOLE[at + len(data) :])
    except ValueError:
        return
    assert all(values.dtype == np.float64 for values in found.values())
