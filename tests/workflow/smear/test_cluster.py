"""The same folder on a Dask cluster of two workers, one of which is killed in the middle."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinoscope.workflow.smear import batch

pytest.importorskip("distributed")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")

SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
WORKER = "from distributed.cli.dask_worker import main; main()"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers of one thread, each a process of its own."""
    file = tmp_path / "scheduler.json"
    log = (tmp_path / "cluster.log").open("wb")
    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "10s"}

    def start(code: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=tmp_path)

    scheduler = start(SCHEDULER, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    (tmp_path / "scheduler.pid").write_text(str(scheduler.pid), encoding="utf-8")
    started = [scheduler]
    try:
        workers = [
            start(WORKER, "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard")
            for _ in range(2)
        ]
        started += workers
        end = time.monotonic() + 60
        while not file.exists() and time.monotonic() < end:
            time.sleep(0.05)
        import json

        yield json.loads(file.read_text(encoding="utf-8"))["address"], workers
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
        log.close()


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(
    folder_of_fields: Path, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    told: list[int] = []

    def kill_one(done: int, _of: int, _left: float | None) -> None:
        told.append(done)
        if done == 1:
            os.kill(workers[0].pid, signal.SIGKILL)

    there = batch.run(folder_of_fields, tmp_path / "cluster", cluster=address, progress=kill_one)
    assert workers[0].wait(10) == -signal.SIGKILL
    assert told == [0, 1, 2, 3, 4]
    assert (there.read_now, there.summary.fields, there.summary.problems) == (4, 4, ())
    here = batch.run(folder_of_fields, tmp_path / "here", jobs=1)
    assert there.summary == here.summary
    assert (tmp_path / "cluster" / "cells.csv").read_bytes() == (tmp_path / "here" / "cells.csv").read_bytes()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://127.0.0.1:99999", "://"])
def test_an_address_where_no_cluster_is_is_one_sentence(folder_of_fields: Path, tmp_path: Path, address: str) -> None:
    with pytest.raises(batch.BatchError, match="cannot be reached"):
        batch.run(folder_of_fields, tmp_path, cluster=address)


def test_a_cluster_that_goes_away_leaves_what_was_read(
    folder_of_fields: Path, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster

    def kill_all(done: int, _of: int, _left: float | None) -> None:
        if done == 1:
            os.kill(int(_scheduler(tmp_path)), signal.SIGKILL)
            for worker in workers:
                worker.kill()

    with pytest.raises(batch.BatchError, match="What was read is kept"):
        batch.run(folder_of_fields, tmp_path / "out", cluster=address, progress=kill_all)
    assert list((tmp_path / "out" / batch.READ).glob("*.field"))
    assert batch.run(folder_of_fields, tmp_path / "out", jobs=1).read_now < 4


def _scheduler(folder: Path) -> str:
    return (folder / "scheduler.pid").read_text(encoding="utf-8")
