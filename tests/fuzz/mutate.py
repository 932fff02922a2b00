"""Bytes of a valid file made wrong as a broken stick, a cut cable or somebody with a plan would make them."""

import random
import re
from collections.abc import Callable

_WIDE = 8
_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
"""What a length, a count or an offset is made when it is to hurt."""

_VALUE = re.compile(rb'"[^"\n]{0,80}"|-?[0-9][0-9.e+-]*|true|false|null')
_VALUES = (
    *(
        b"null",
        b"true",
        b"[]",
        b"{}",
        b"-1",
        b"0",
        b"1e999",
        b"nan",
        b'""',
        b'"\\ud800"',
        b'"../../evil"',
        b'"\\u0000"',
    ),
    *(b"[" * 100_000, b'{"a":' * 5_000, b"9" * 5_000, b'"' + b"x" * 100_000 + b'"'),
)

Mutation = Callable[[bytearray, random.Random, list[bytes]], None]


def mutated(data: bytes, draw: random.Random, others: list[bytes]) -> bytes:
    """``data`` after one to eight changes; ``others`` are valid files to splice from."""
    out = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        draw.choice(MUTATIONS)(out, draw, others)
    return bytes(out)


def _place(out: bytearray, draw: random.Random) -> int:
    """Anywhere; two times in three in the head or the tail of the file, where files say what is where."""
    if not out:
        return 0
    where = draw.random()
    if where < 0.4:
        return draw.randrange(min(len(out), 512))
    return draw.randrange(max(0, len(out) - (1 << 16)) if where < 0.65 else 0, len(out))


def _flip(out: bytearray, draw: random.Random, _: list[bytes]) -> None:
    if out:
        out[_place(out, draw)] ^= 1 << draw.randrange(8)


def _number(out: bytearray, draw: random.Random, _: list[bytes]) -> None:
    """A length field, in either order of bytes."""
    size, at = draw.choice((1, 2, 4, _WIDE)), _place(out, draw)
    value = draw.choice(_EXTREMES) & ((1 << 8 * size) - 1)
    out[at : at + size] = value.to_bytes(size, draw.choice(("little", "big")))


def _cut(out: bytearray, draw: random.Random, _: list[bytes]) -> None:
    del out[_place(out, draw) :]


def _lose(out: bytearray, draw: random.Random, _: list[bytes]) -> None:
    at = _place(out, draw)
    del out[at : at + draw.choice((1, 2, 4, 64, 4096))]


def _repeat(out: bytearray, draw: random.Random, _: list[bytes]) -> None:
    at, size = _place(out, draw), draw.choice((1, 4, 64, 1024))
    out[at:at] = out[at : at + size] * draw.choice((1, 2, 50))


def _junk(out: bytearray, draw: random.Random, _: list[bytes]) -> None:
    at = _place(out, draw)
    out[at:at] = draw.randbytes(draw.choice((1, 4, 64)))


def _splice(out: bytearray, draw: random.Random, others: list[bytes]) -> None:
    other = draw.choice(others)
    at, begin = _place(out, draw), draw.randrange(len(other)) if other else 0
    size = draw.choice((8, 64, 1024, len(other)))
    out[at : at + size] = other[begin : begin + size]


def _retype(out: bytearray, draw: random.Random, _: list[bytes]) -> None:
    """A value of a text file becomes one of another kind: a list for a number, one too large, a deep nest."""
    found = list(_VALUE.finditer(out, 0, 1 << 14))
    if found:
        begin, end = draw.choice(found).span()
        out[begin:end] = draw.choice(_VALUES)


MUTATIONS: tuple[Mutation, ...] = (_flip, _flip, _number, _number, _cut, _lose, _repeat, _junk, _splice, _retype)
