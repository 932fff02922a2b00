"""Waiting for what other threads bring."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

WaitFor = Callable[[Callable[[], object]], bool]


@pytest.fixture
def wait_for(app: QApplication) -> WaitFor:
    """Lets events come until something happens; False when it has not within ten seconds."""

    def wait(happens: Callable[[], object]) -> bool:
        end = time.monotonic() + 10
        while not happens():
            if time.monotonic() > end:
                return False
            QTest.qWait(5)
        return True

    return wait
