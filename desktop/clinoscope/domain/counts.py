"""Counts in words: one is said as one."""

from collections.abc import Sequence


def many(count: int, one: str, more: str) -> str:
    """A count before what it counts: ``many(1, "group", "groups")`` is "1 group"."""
    return f"{count} {one if count == 1 else more}"


def them(count: int) -> str:
    """What one or several were called before: "it" or "them"."""
    return "it" if count == 1 else "them"


def of_records(exams: int, pictures: int, labs: int) -> str:
    """What a patient or a vault holds: "2 exams, 1 picture, 0 lab values"."""
    return ", ".join(
        (many(exams, "exam", "exams"), many(pictures, "picture", "pictures"), many(labs, "lab value", "lab values"))
    )


def numbered(numbers: Sequence[int], one: str, more: str) -> str:
    """Numbers behind what they number, three and more in a row as a stretch: "fields 2, 4 and 7 to 9"."""
    stretches: list[list[int]] = []
    for number in sorted(numbers):
        if stretches and number == stretches[-1][-1] + 1:
            stretches[-1].append(number)
        else:
            stretches.append([number])
    words = []
    for found in stretches:
        words += [f"{found[0]} to {found[-1]}"] if len(found) > _SHORT else [str(number) for number in found]
    return f"{one if len(numbers) == 1 else more} {listed(words)}"


_SHORT = 2


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words one after the other, ``last`` before the last of them: "a, b and c"; "" for none."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
