"""How long this process has been running, counted from the moment the system began it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def milliseconds() -> float:
    """Milliseconds since the process began; on Linux to the kernel's clock tick (10 ms)."""
    system = platform()
    if system == "linux":
        return _linux()
    return _windows() if system == "win32" else _by_ps()


def platform() -> str:
    """``sys.platform``, as a word the type checker does not narrow to the machine it runs on."""
    return sys.platform


def _linux() -> float:
    stat = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace")
    # The name in brackets may hold spaces; the start time is the 20th field after it (man 5 proc).
    ticks = int(stat.rpartition(")")[2].split()[19])
    began = ticks / os.sysconf("SC_CLK_TCK")
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - began) * 1000


def _windows() -> float:
    import ctypes

    times = [ctypes.c_ulonglong() for _ in range(4)]
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]  # Windows only
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.GetProcessTimes.argtypes = [ctypes.c_void_p] + [ctypes.POINTER(ctypes.c_ulonglong)] * 4
    kernel.GetProcessTimes(kernel.GetCurrentProcess(), *(ctypes.byref(part) for part in times))
    since_1601 = times[0].value / 1e7  # FILETIME: 100 ns steps since 1601-01-01
    return (time.time() + 11_644_473_600 - since_1601) * 1000


def _by_ps() -> float:
    """macOS: ``ps`` gives whole seconds since the start, so this is coarse."""
    import subprocess

    shown = subprocess.run(["ps", "-o", "etime=", "-p", str(os.getpid())], capture_output=True, text=True, check=True)
    days, _, rest = shown.stdout.strip().rpartition("-")
    seconds = 0
    for part in rest.split(":"):
        seconds = seconds * 60 + int(part)
    return (int(days or 0) * 86_400 + seconds) * 1000.0
