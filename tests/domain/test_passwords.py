from clinoscope.domain import passwords


def test_the_list_is_the_3000_commonest_that_are_long_enough() -> None:
    common = passwords.common()
    assert len(common) == 3000
    assert min(map(len, common)) >= passwords.MINIMUM
    assert {"password", "12345678", "football"} <= common


def test_length_is_counted_as_a_person_counts() -> None:
    assert passwords.problem("qbfkzlm") == passwords.TOO_SHORT
    assert passwords.problem("e\u0301" * 7) == passwords.TOO_SHORT
    assert passwords.problem("qbfkzlma") == ""


def test_the_commonest_are_refused_in_any_letter_case() -> None:
    for word in ("password", "PASSWORD", "Password"):
        assert passwords.problem(word) == passwords.COMMON


def test_nothing_is_asked_about_kinds_of_characters() -> None:
    assert passwords.problem("three quiet rivers") == ""
