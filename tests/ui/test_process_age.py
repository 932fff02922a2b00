import subprocess
import sys
import time

import pytest

from clinoscope.ui import process_age


def test_it_counts_from_the_start_of_the_process() -> None:
    program = "import time; time.sleep(0.3); from clinoscope.ui.process_age import milliseconds; print(milliseconds())"
    began = time.perf_counter()
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    whole = (time.perf_counter() - began) * 1000
    assert 300 <= float(shown.stdout) <= whole + 20


def test_it_grows() -> None:
    first = process_age.milliseconds()
    time.sleep(0.05)
    assert process_age.milliseconds() > first


@pytest.mark.skipif(sys.platform == "win32", reason="there is no ps")
def test_ps_knows_it_too() -> None:
    assert abs(process_age._by_ps() - process_age.milliseconds()) < 2500
