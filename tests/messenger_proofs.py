"""Which numbered requirements of Messenger are proven by tests: read from the sources."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

REQUIREMENTS = range(1, 45)
"""The numbered requirements of the channel."""
_HERE = Path(__file__).parent


def proofs(folder: Path = _HERE) -> Counter[int]:
    """How many tests carry each number with ``@pytest.mark.messenger(...)``."""
    found: Counter[int] = Counter()
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.update({number for mark in node.decorator_list for number in _numbers(mark)})
    return found


def _numbers(mark: ast.expr) -> list[int]:
    """The numbers of one decorator; none for any other."""
    if not isinstance(mark, ast.Call) or ast.unparse(mark.func) != "pytest.mark.messenger":
        return []
    return [int(ast.literal_eval(number)) for number in mark.args]
