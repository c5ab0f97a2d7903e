"""Calibration questions: what people ask, with what would be right, unseen by the index."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_SCOPE_OF_KIND = {
    "general": "general", "personal_case": "personal_case", "off_topic": "off_topic",
    "technical": "expert",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One question; `expect` holds every entry that is right, `scope` one of SCOPES."""

    text: str
    expect: tuple[str, ...]
    scope: str


def read_asked(file: Path) -> list[Asked]:
    """The questions of a JSON-lines file; small talk and insults are Rasa's and left out.

    A missing file is no question: thresholds then rest on the variants alone. Raises
    ValueError naming a line that cannot be read.
    """
    if not file.is_file():
        return []
    asked = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            scope = _SCOPE_OF_KIND.get(raw["kind"])
            right = [*_listed(raw.get("expect")), *_listed(raw.get("also"))]
            text = raw["text"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file}:{number}: not a question") from error
        if scope:
            asked.append(Asked(text, tuple(right), scope))
    return asked


def _listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []
