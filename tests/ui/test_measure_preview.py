import json
import subprocess
import sys

import numpy as np

from clinoscope.workflow.bench_stream import serving


def test_a_live_picture_is_shown_checked_and_counted() -> None:
    code = (
        "import sys; from clinoscope.ui import measure_preview as m; m.WARM, m.SECONDS = 0.7, 1.0;"
        "from clinoscope.ui.app import main; sys.exit(main(sys.argv[1:]))"
    )
    with serving(np.full((240, 320, 3), 120, np.uint8), 30) as stream:
        command = [sys.executable, "-c", code, "--measure-preview", stream.url, "--task", "anemia/lip"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["frames"] > 5
    assert told["checks"] > 0
    assert 0 < told["cpu_seconds"] < 10 * told["seconds"]


def test_nothing_to_show_is_told_by_the_exit_code() -> None:
    code = "from clinoscope.ui import measure_preview as m; m.WARM = m.SECONDS = 0.2;"
    code += "from clinoscope.ui.app import main; import sys; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "--measure-preview", "camera:No such camera"]
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 1
