"""For every run of tests: a word on the numbered requirements of Messenger."""

from __future__ import annotations

import pytest

from tests.messenger_proofs import REQUIREMENTS, proofs

_IN_A_LINE = 11


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many tests carry each number, read from the sources, whichever tests ran."""
    found = proofs()
    proven = sum(1 for number in REQUIREMENTS if found[number])
    terminalreporter.write_line("")
    terminalreporter.write_line(
        f"Messenger requirements: {proven} of {len(REQUIREMENTS)} proven (number x tests)"
    )
    shown = [f"{number:>3} x{found[number]:<3}" for number in REQUIREMENTS]
    for start in range(0, len(shown), _IN_A_LINE):
        terminalreporter.write_line(" ".join(shown[start : start + _IN_A_LINE]).rstrip())
