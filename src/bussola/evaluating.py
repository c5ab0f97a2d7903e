"""`bussola evaluate`: how often the right answer comes, and how often a wrong one comes surely."""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bussola.asking import a_service
from bussola.citizen_client import CitizenClient
from bussola.settings import Settings

KINDS = ("general", "personal_case", "technical", "off_topic", "smalltalk", "abuse")
_OTHER_NAMES = {"smalltalk": "small_talk"}


class EvaluationError(ValueError):
    """The file of questions cannot be used; the message names the line."""


@dataclass(frozen=True)
class Gold:
    """One question with what should happen; `expect` holds every entry that is right."""

    text: str
    expect: tuple[str, ...]
    kind: str
    theme: str | None
    style: str


@dataclass(frozen=True)
class Row:
    """What happened to one question."""

    gold: Gold
    kind: str
    entry_id: str | None
    options: tuple[str, ...]
    probability: float | None
    ms: float

    @property
    def ranked(self) -> tuple[str, ...]:
        """The entries the citizen saw, best first."""
        return (self.entry_id,) if self.entry_id else self.options

    @property
    def sure_and_wrong(self) -> bool:
        """One answer was given alone, and it is not a right one."""
        return self.kind == "answer" and self.entry_id not in self.gold.expect

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.gold.text,
            "expect": list(self.gold.expect) or None,
            "expected_kind": self.gold.kind,
            "kind": self.kind,
            "entry_id": self.entry_id,
            "options": list(self.options),
            "probability": self.probability,
            "ms": round(self.ms, 1),
        }


def read_gold(file: Path) -> list[Gold]:
    """The questions of a JSON-lines file. Raises EvaluationError."""
    gold = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            text, kind, expect = raw["text"], raw.get("kind", "general"), raw.get("expect")
        except (ValueError, KeyError, TypeError) as error:
            raise EvaluationError(f"riga {number}: non è una domanda valida") from error
        if kind not in KINDS:
            raise EvaluationError(f"riga {number}: tipo sconosciuto «{kind}»")
        right = tuple(expect) if isinstance(expect, list) else (expect,) if expect else ()
        gold.append(Gold(text, right, kind, raw.get("theme"), raw.get("style", "")))
    if not gold:
        raise EvaluationError("il file non contiene domande")
    return gold


async def through_the_service(settings: Settings, gold: list[Gold]) -> list[Row]:
    """Ask each question in a conversation of its own, the way a citizen would."""
    rows = []
    async with a_service(settings) as (session, url, token):
        for item in gold:
            citizen = await CitizenClient(session, url, token).start()
            turn = await citizen.say(item.text)
            shown = turn.events[-1]["data"].get("options", [])
            options = tuple(turn.options or (shown if turn.kind == "ask_which" else ()))
            rows.append(
                Row(item, turn.kind, turn.entry_id, options, turn.probability, turn.seconds * 1000)
            )
    return rows


def with_knowledge_only(settings: Settings, gold: list[Gold]) -> list[Row]:
    """Ask knowledge alone, without Rasa, guards and storage."""
    from bussola.bootstrap import build_knowledge

    knowledge = build_knowledge(settings)
    rows = []
    for item in gold:
        started = time.perf_counter()
        found = knowledge.match(item.text)
        ms = (time.perf_counter() - started) * 1000
        entry = found.matches[0].entry_id if found.verdict == "answer" else None
        options = tuple(m.entry_id for m in found.matches if m.offered)
        options = options if found.verdict == "ask_which" else ()
        rows.append(Row(item, found.verdict, entry, options, found.probability, ms))
    return rows


def report(rows: list[Row]) -> dict[str, Any]:
    """The figures of the contract; shares are of the questions they concern."""
    general = [r for r in rows if r.gold.kind == "general"]
    first = [r.ranked[0] in r.gold.expect if r.ranked else False for r in general]
    times = sorted(r.ms for r in rows)
    return {
        "n": len(rows),
        "top1": _share(first),
        "top3": _share([bool(set(r.ranked[:3]) & set(r.gold.expect)) for r in general]),
        "mrr": _mean([_reciprocal_rank(r) for r in general]),
        "answered": _share([r.kind in {"answer", "ask_which"} for r in general]),
        "answered_right": _share(
            [r.kind == "answer" and r.entry_id in r.gold.expect for r in general]
        ),
        "wrong_answered": _share([r.sure_and_wrong for r in rows]),
        "off_topic_recall": _recall(rows, "off_topic", {"off_topic", "dont_know"}),
        "personal_case_recall": _recall(rows, "personal_case", {"personal_case"}),
        "personal_case_answered": _recall(rows, "personal_case", {"answer"}),
        "technical_passed_on": _recall(
            rows, "technical", {"dont_know", "ask_which", "personal_case", "offer_handoff"}
        ),
        "smalltalk_recall": _recall(rows, "smalltalk", {"small_talk"}),
        "abuse_recall": _recall(rows, "abuse", {"abuse"}),
        "false_refusals": _share([r.kind in {"dont_know", "off_topic"} for r in general]),
        "ms_p50": round(statistics.median(times), 1),
        "ms_p95": round(times[min(len(times) - 1, int(0.95 * len(times)))], 1),
    }


def _recall(rows: list[Row], kind: str, right: set[str]) -> float | None:
    return _share([r.kind in right for r in rows if r.gold.kind == kind])


def _reciprocal_rank(row: Row) -> float:
    ranks = [i for i, entry in enumerate(row.ranked, 1) if entry in row.gold.expect]
    return 1 / ranks[0] if ranks else 0.0


def _share(values: list[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
