"""The memory of a process, in the standard library alone: Rasa's environment reads it too."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path


def peak_mb() -> float:
    """The most memory this process ever held, in MB."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage counts what the parent held: it survives exec on Linux
        kilobytes = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="utf-8"))
        if kilobytes:
            return int(kilobytes[1]) / 1024
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
