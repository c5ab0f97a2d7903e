"""Questions with what should happen: JSON lines written by people who did not see the variants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = ("general", "personal_case", "technical", "off_topic", "smalltalk", "abuse", "details")


class EvaluationError(ValueError):
    """The file of questions cannot be used; the message names the line."""


@dataclass(frozen=True)
class Gold:
    """One message with what should happen; `expect` holds every entry that is right."""

    text: str
    expect: tuple[str, ...]
    kind: str
    theme: str | None = None
    style: str = ""
    language: str = "it"
    also: tuple[str, ...] = ()
    """Where the message holds a second question: every entry that is right for it."""
    before: str | None = None
    """The entry that the citizen has just read, in a measured conversation."""


def read_gold(file: Path) -> list[Gold]:
    """The questions, or the second turns, of a JSON-lines file. Raises EvaluationError."""
    gold = [_gold(number, raw) for number, raw in _objects(file)]
    if not gold:
        raise EvaluationError("il file non contiene domande")
    return gold


def _objects(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except ValueError as error:
            raise EvaluationError(f"riga {number}: non è una domanda valida") from error
        if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
            raise EvaluationError(f"riga {number}: non è una domanda valida")
        yield number, raw


def _gold(number: int, raw: dict[str, Any]) -> Gold:
    kind = raw.get("kind", "general")
    if kind not in KINDS:
        raise EvaluationError(f"riga {number}: tipo sconosciuto «{kind}»")
    return Gold(
        raw["text"],
        # `judged`: right too, by a second reader who saw the pooled answers of several systems
        (*_entries(raw.get("expect")), *_entries(raw.get("judged"))),
        kind,
        raw.get("theme"),
        raw.get("style") or raw.get("turn") or "",
        raw.get("language", "it"),
        _entries(raw.get("also")),
        raw.get("before"),
    )


def _entries(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(map(str, value))
    return (str(value),) if value else ()
