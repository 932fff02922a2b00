import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clinoscope.domain.errors import VaultError, WrongPassword
from clinoscope.records import tries as module
from clinoscope.records.tries import DELAYS, WRONG, Tries


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def wrong() -> None:
    raise WrongPassword(WRONG)


def refusal(tries: Tries, act: Callable[[], object] = wrong) -> WrongPassword:
    with pytest.raises(WrongPassword) as caught:
        tries.attempt(act)
    return caught.value


def test_a_right_password_passes_its_find_on(tmp_path: Path) -> None:
    assert Tries(tmp_path).attempt(lambda: 7) == 7
    assert not any(tmp_path.iterdir())


def test_the_delay_grows_to_a_minute_and_stays_there(tmp_path: Path, clock: Clock) -> None:
    delays = []
    for _ in range(11):
        error = refusal(Tries(tmp_path))
        assert str(error).startswith(WRONG)
        delays.append(error.retry_after)
        clock.now += error.retry_after
    assert delays == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_until_the_delay_has_passed_nothing_is_looked_at(tmp_path: Path, clock: Clock) -> None:
    for _ in range(4):
        clock.now += refusal(Tries(tmp_path)).retry_after
    clock.now -= 1.5
    error = refusal(Tries(tmp_path), lambda: pytest.fail("looked at"))
    assert error.retry_after == pytest.approx(1.5, abs=1e-5)
    assert str(error) == "Too many wrong tries: wait 2 seconds and try again."
    clock.now += 1.5
    assert Tries(tmp_path).attempt(lambda: "in") == "in"


def test_success_starts_again_from_nothing(tmp_path: Path, clock: Clock) -> None:
    tries = Tries(tmp_path)
    refusal(tries)
    refusal(tries)
    assert tries.wrong == 2
    tries.attempt(lambda: None)
    assert tries.wrong == 0
    assert refusal(tries).retry_after == 0


def test_one_second_is_told_in_the_singular(tmp_path: Path, clock: Clock) -> None:
    refusal(Tries(tmp_path))
    refusal(Tries(tmp_path))
    assert str(refusal(Tries(tmp_path))).endswith("Wait 1 second before the next try.")


def test_a_try_counts_even_if_the_program_is_killed_while_looking(tmp_path: Path) -> None:
    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Tries(tmp_path).attempt(killed)
    assert Tries(tmp_path).wrong == 1


def test_a_try_that_the_world_spoiled_does_not_count(tmp_path: Path) -> None:
    def spoiled() -> None:
        raise VaultError("no memory")

    with pytest.raises(VaultError, match="no memory"):
        Tries(tmp_path).attempt(spoiled)
    assert Tries(tmp_path).wrong == 0


def test_a_clock_set_back_never_locks_out_for_longer(tmp_path: Path, clock: Clock) -> None:
    for _ in range(5):
        clock.now += refusal(Tries(tmp_path)).retry_after
    clock.now -= 365 * 86400
    assert refusal(Tries(tmp_path), lambda: None).retry_after == DELAYS[5]
    clock.now += DELAYS[5]
    Tries(tmp_path).attempt(lambda: None)


def test_a_scribbled_file_counts_as_many_tries(tmp_path: Path) -> None:
    (tmp_path / "tries.json").write_text("{{")
    assert refusal(Tries(tmp_path), lambda: None).retry_after == pytest.approx(60, abs=5)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VaultError):
        Tries(tmp_path / "file").attempt(lambda: None)
