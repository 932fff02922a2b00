"""A site's tests of a package: kept by its hash, in order, with their events."""

from clinoscope.records import Vault, acceptances

A, B = "a" * 64, "b" * 64
DETAILS = {"outcome": "passed", "n": 60}


def test_tests_are_kept_by_the_hash_of_the_package(vault: Vault) -> None:
    assert acceptances.tests(vault.settings, A) == ()
    vault.run(acceptances.add(A, {"outcome": "not passed"}, DETAILS))
    vault.run(acceptances.add(A, {"outcome": "passed"}, DETAILS))
    vault.run(acceptances.add(B, {"outcome": "passed"}, DETAILS))
    assert [test["outcome"] for test in acceptances.tests(vault.settings, A)] == ["not passed", "passed"]
    assert len(acceptances.tests(vault.settings, B)) == 1


def test_each_test_is_an_event_of_the_audit_chain(vault: Vault) -> None:
    vault.run(acceptances.add(A, {"outcome": "passed"}, DETAILS))
    newest = vault.events(1)[0]
    assert (newest.act, newest.subject, newest.details) == ("model.test", A, DETAILS)
    assert newest.user == vault.user.id
    assert vault.verify().ok
