from clinoscope.domain.quality import Check, Finding, Quality


def test_one_failed_check_fails_the_picture() -> None:
    sharp = Finding(Check.FOCUS, True, 0.3, 0.1)
    dark = Finding(Check.DARK, False, 0.1, 0.2, "Face the window.")
    quality = Quality((sharp, dark))
    assert not quality.ok
    assert quality.problems == (dark,)
    assert Quality((sharp,)).ok
