"""What the conversations teach the curators: questions without an answer, and votes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from bussola.storage.database import Database
from bussola.storage.models import EventRow


@dataclass(frozen=True)
class Unanswered:
    """A masked question that got no answer, and the entries nearest to it."""

    question: str
    at: datetime
    nearest: tuple[str, ...]


@dataclass(frozen=True)
class Votes:
    """How often an entry was found useful."""

    entry_id: str
    useful: int
    not_useful: int


class Insights:
    """Reads the ledger; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unanswered(self, most: int = 100) -> list[Unanswered]:
        """The newest questions that met "non lo so"."""
        said, asked = aliased(EventRow), aliased(EventRow)
        query = (
            select(said, asked)
            .join(
                asked,
                (asked.conversation_id == said.conversation_id) & (asked.id == said.in_reply_to),
            )
            .where(said.payload["kind"].as_string() == "dont_know")
            .order_by(said.at.desc())
            .limit(most)
        )
        async with self._database.read() as session:
            return [
                Unanswered(
                    answer.payload["data"].get("question") or question.payload["text"],
                    answer.at,
                    tuple(answer.payload["data"].get("options", ())),
                )
                for answer, question in await session.execute(query)
            ]

    async def votes(self) -> list[Votes]:
        """Votes by entry, those with most "no" first."""
        query = select(EventRow).where(EventRow.payload["kind"].as_string() == "feedback")
        useful: Counter[str] = Counter()
        not_useful: Counter[str] = Counter()
        async with self._database.read() as session:
            for row in await session.scalars(query):
                data = row.payload["data"]
                (useful if data["useful"] else not_useful)[data["entry_id"] or "?"] += 1
        return [
            Votes(entry, useful[entry], not_useful[entry])
            for entry in sorted(useful | not_useful, key=lambda e: (-not_useful[e], e))
        ]
