"""Asks the questions, the way a citizen would or knowledge alone, and notes what happened."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bussola.asking import a_service
from bussola.citizen_client import CitizenClient, Turn
from bussola.evaluating.gold import Gold
from bussola.knowledge.loading import load
from bussola.settings import Settings

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Row:
    """What happened to one question."""

    gold: Gold
    kind: str
    entry_id: str | None
    options: tuple[str, ...]
    probability: float | None
    ms: float
    second: str | None = None
    """The entry that answered, or was offered for, the other question of the same message."""
    language: str | None = None

    @property
    def ranked(self) -> tuple[str, ...]:
        """The entries the citizen saw, best first."""
        return (self.entry_id,) if self.entry_id else self.options

    @property
    def wanted(self) -> frozenset[str]:
        """Every entry that would have been right, of either question."""
        return frozenset((*self.gold.expect, *self.gold.also))

    @property
    def given(self) -> bool:
        """One right answer was given alone."""
        return self.kind == "answer" and self.entry_id in self.wanted

    @property
    def shown(self) -> bool:
        """A right answer was given, or was among those offered."""
        return self.kind in {"answer", "ask_which"} and bool(set(self.ranked) & self.wanted)

    @property
    def sure_and_wrong(self) -> bool:
        """One answer was given alone, and it is not a right one."""
        return self.kind == "answer" and self.entry_id not in self.wanted

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.gold.text,
            "expect": list(self.gold.expect) or None,
            "expected_kind": self.gold.kind,
            "style": self.gold.style,
            "kind": self.kind,
            "entry_id": self.entry_id,
            "options": list(self.options),
            "second": self.second,
            "probability": self.probability,
            "ms": round(self.ms, 1),
        }


def _nobody(_done: int, _of: int) -> None:
    """Nobody watches the progress."""


async def through_the_service(
    settings: Settings, gold: list[Gold], progress: Progress = _nobody
) -> list[Row]:
    """Ask each question in a conversation of its own, Rasa, guards and storage included."""
    rows = []
    entries = load(settings.faq).entries if any(item.before for item in gold) else {}
    async with a_service(settings) as (session, url, token):
        for number, item in enumerate(gold, 1):
            citizen = await CitizenClient(session, url, token).start()
            if item.before:
                await citizen.say(entries[item.before].question)
            rows.append(row_of(item, await citizen.say(item.text)))
            progress(number, len(gold))
    return rows


def row_of(item: Gold, turn: Turn) -> Row:
    """The row of one turn. An offer to choose stands in the last event of the turn."""
    data = [event["data"] for event in turn.events]
    second = next((d["second"] for d in data if d.get("second")), None)
    options = tuple(
        turn.options or (data[-1].get("options", ()) if turn.kind == "ask_which" else ())
    )
    language = next((d["language"] for d in data if d.get("language")), None)
    kind = "details" if turn.events[-1]["kind"] == "details" else turn.kind
    return Row(
        item, kind, turn.entry_id, options, turn.probability, turn.seconds * 1000, second, language
    )


def with_knowledge_only(
    settings: Settings, gold: list[Gold], progress: Progress = _nobody
) -> list[Row]:
    """Ask knowledge alone, without Rasa, guards and storage."""
    from bussola.bootstrap import build_knowledge

    knowledge = build_knowledge(settings)
    knowledge.match("riscatto")  # builds the index before the clock runs
    rows = []
    for number, item in enumerate(gold, 1):
        theme = knowledge.snapshot.knowledge.theme_of.get(item.before or "")
        started = time.perf_counter()
        found = knowledge.match(item.text, theme, item.before)
        ms = (time.perf_counter() - started) * 1000
        entry = found.matches[0].entry_id if found.verdict == "answer" else None
        offered = found.verdict == "ask_which"
        options = tuple(m.entry_id for m in found.matches if m.offered) if offered else ()
        second = found.second.entry_id if found.second else None
        rows.append(
            Row(item, found.verdict, entry, options, found.probability, ms, second, found.language)
        )
        progress(number, len(gold))
    return rows
