"""Counts in words: one is said as one."""


def many(count: int, one: str, more: str) -> str:
    """A count before what it counts: ``many(1, "group", "groups")`` is "1 group"."""
    return f"{count} {one if count == 1 else more}"


def of_records(exams: int, pictures: int, labs: int) -> str:
    """What a patient or a vault holds: "2 exams, 1 picture, 0 lab values"."""
    return ", ".join(
        (many(exams, "exam", "exams"), many(pictures, "picture", "pictures"), many(labs, "lab value", "lab values"))
    )
