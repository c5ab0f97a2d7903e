"""What stands around a case: its history, drafts, who is looking, second pairs of eyes, marks."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update

from bussola.conversations.desk_service import Expert
from bussola.conversations.masking import mask
from bussola.conversations.ports import Clock, Review
from bussola.storage.database import Database
from bussola.storage.models import (
    CaseDraftRow,
    CaseHistoryRow,
    CasePresenceRow,
    CaseReviewRow,
    CaseRow,
    OfficialReplyRow,
    SignInRow,
    StaffRow,
)

PRESENT_SECONDS = 45.0
TYPING_SECONDS = 8.0
HERE = timedelta(minutes=30)
"""Who did something at the desk within this time is taken to be at work."""


@dataclass(frozen=True)
class Act:
    """One line of a case's history; `name` is empty for what the service did by itself."""

    act: str
    name: str
    detail: dict[str, Any]
    at: datetime


@dataclass(frozen=True)
class Present:
    """A colleague who has the case open."""

    staff_id: int
    name: str
    typing: bool


class DeskStore:
    """Over SQLAlchemy; nothing here moves a case."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def history(self, case_id: int) -> list[Act]:
        """Everything done with a case, oldest first."""
        query = (
            select(CaseHistoryRow, StaffRow.name)
            .outerjoin(StaffRow, StaffRow.id == CaseHistoryRow.staff_id)
            .where(CaseHistoryRow.case_id == case_id)
            .order_by(CaseHistoryRow.id)
        )
        async with self._database.read() as session:
            return [
                Act(row.act, name or "", row.detail, row.at)
                for row, name in await session.execute(query)
            ]

    # Drafts

    async def save_draft(self, case_id: int, staff_id: int, text: str) -> datetime:
        """Keep what is being written, masked; an empty text forgets it."""
        now, text = self._clock.now(), mask(text)[0]
        async with self._database.write() as session:
            row = await session.get(CaseDraftRow, (case_id, staff_id))
            if not text.strip():
                if row is not None:
                    await session.delete(row)
            elif row is None:
                session.add(CaseDraftRow(case_id=case_id, staff_id=staff_id, text=text, at=now))
            else:
                row.text, row.at = text, now
        return now

    async def draft(self, case_id: int, staff_id: int) -> str:
        """What the expert had begun to write; empty when nothing."""
        async with self._database.read() as session:
            row = await session.get(CaseDraftRow, (case_id, staff_id))
            return row.text if row else ""

    # Presence

    async def seen(self, case_id: int, staff_id: int, typing: bool) -> None:
        """The expert has the case open now, and may be typing."""
        now = time.time()
        async with self._database.write() as session:
            row = await session.get(CasePresenceRow, (case_id, staff_id))
            if row is None:
                row = CasePresenceRow(case_id=case_id, staff_id=staff_id, typing_at=0.0)
                session.add(row)
            row.seen_at = now
            if typing:
                row.typing_at = now

    async def present(self, case_id: int) -> list[Present]:
        """Who has the case open, by name."""
        now = time.time()
        query = (
            select(CasePresenceRow, StaffRow.name)
            .join(StaffRow, StaffRow.id == CasePresenceRow.staff_id)
            .where(CasePresenceRow.case_id == case_id,
                   CasePresenceRow.seen_at > now - PRESENT_SECONDS)
            .order_by(StaffRow.name)
        )  # fmt: skip
        async with self._database.read() as session:
            return [
                Present(row.staff_id, name, row.typing_at > now - TYPING_SECONDS)
                for row, name in await session.execute(query)
            ]

    async def load(self) -> dict[int, int]:
        """How many open cases each expert has, by id; experts with none are there too."""
        mine = func.count(CaseRow.id)
        query = (
            select(StaffRow.id, mine)
            .outerjoin(CaseRow, (CaseRow.owner_id == StaffRow.id) & (CaseRow.state == "taken"))
            .where(StaffRow.role == "expert", StaffRow.disabled.is_(False))
            .group_by(StaffRow.id)
        )
        async with self._database.read() as session:
            return {int(staff_id): int(many) for staff_id, many in await session.execute(query)}

    async def experts(self, here: bool = False) -> list[Expert]:
        """Experts whose sign-in works, by name; with `here` only those at work now."""
        query = (
            select(StaffRow)
            .where(StaffRow.role == "expert", StaffRow.disabled.is_(False))
            .order_by(StaffRow.name, StaffRow.id)
        )
        if here:
            since = self._clock.now() - HERE
            query = query.where(
                StaffRow.id.in_(select(SignInRow.staff_id).where(SignInRow.seen_at > since))
            )
        async with self._database.read() as session:
            return [
                Expert(row.id, row.name, tuple(row.themes) if row.themes is not None else None)
                for row in await session.scalars(query)
            ]

    # A second pair of eyes

    async def ask_review(
        self, case_id: int, author_id: int, text: str, kinds: tuple[str, ...]
    ) -> int:
        """Put a reply, masked, before a colleague; what waited for the case is replaced.

        No pair of eyes makes personal data right: what was taken out stays out.
        """
        async with self._database.write() as session:
            await session.execute(
                delete(CaseReviewRow).where(
                    CaseReviewRow.case_id == case_id, CaseReviewRow.state == "waiting"
                )
            )
            row = CaseReviewRow(
                case_id=case_id, author_id=author_id, text=mask(text)[0], kinds=list(kinds),
                state="waiting", word="", at=self._clock.now(),
            )  # fmt: skip
            session.add(row)
            await session.flush()
            return row.id

    async def decide_review(
        self, review_id: int, reviewer_id: int, approved: bool, word: str
    ) -> bool:
        """Once, and never by its own author; False otherwise."""
        async with self._database.write() as session:
            changed = await session.execute(
                update(CaseReviewRow)
                .where(
                    CaseReviewRow.id == review_id, CaseReviewRow.state == "waiting",
                    CaseReviewRow.author_id != reviewer_id,
                )
                .values(state="approved" if approved else "returned", word=word,
                        reviewer_id=reviewer_id)
            )  # fmt: skip
            return cast("CursorResult[Any]", changed).rowcount == 1

    async def reviews(self, case_id: int | None = None) -> list[Review]:
        """Those that wait, of one case or of all; with a case, also the last one decided."""
        query = (
            select(CaseReviewRow, StaffRow.name)
            .join(StaffRow, StaffRow.id == CaseReviewRow.author_id)
            .order_by(CaseReviewRow.id)
        )
        if case_id is None:
            query = query.where(CaseReviewRow.state == "waiting")
        else:
            query = query.where(CaseReviewRow.case_id == case_id)
        async with self._database.read() as session:
            return [
                Review(row.id, row.case_id, row.author_id, name, row.text, tuple(row.kinds),
                       row.state, row.word, row.at)  # type: ignore[arg-type]
                for row, name in await session.execute(query)
            ]  # fmt: skip

    # Marks of official replies

    async def mark(self, code: str, conversation_id: str, event_id: int, text: str) -> None:
        """Keep the mark of a reply; of its words only the digest."""
        async with self._database.write() as session:
            if await session.get(OfficialReplyRow, code) is not None:
                return
            session.add(
                OfficialReplyRow(
                    code=code,
                    conversation_id=conversation_id,
                    event_id=event_id,
                    digest=digest_of(text),
                    at=self._clock.now(),
                )
            )

    async def official(self, code: str) -> tuple[datetime, str] | None:
        """When the reply of that mark was given, and the digest of its words."""
        async with self._database.read() as session:
            row = await session.get(OfficialReplyRow, code)
            return (row.at, row.digest) if row else None


def digest_of(text: str) -> str:
    """Of the words alone: blanks and line ends may change on their way."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
