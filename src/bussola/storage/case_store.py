"""Cases on disk. Who has a case is decided by one UPDATE, never by a look and then a write."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bussola.conversations.events import Draft
from bussola.conversations.message import Refused
from bussola.conversations.ports import Case, Clock
from bussola.storage.database import Database
from bussola.storage.events import append
from bussola.storage.models import (
    CaseHistoryRow,
    CaseRow,
    ConversationRow,
    EventRow,
    StaffRow,
)

LEASE_SECONDS = 1800.0
"""A silent owner keeps a case so long; the open page of the case renews it."""


class CaseStore:
    """The CaseStore port over SQLAlchemy."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def case(self, case_id: int) -> Case | None:
        return await self._one(_cases().where(CaseRow.id == case_id))

    async def case_by_code(self, code: str) -> Case | None:
        return await self._one(_cases().where(CaseRow.code == code))

    async def queue(self, themes: tuple[str, ...] | None) -> list[Case]:
        query = _cases().where(CaseRow.state != "closed").order_by(CaseRow.opened_at)
        if themes is not None:
            query = query.where(or_(CaseRow.theme.in_(themes), CaseRow.theme.is_(None)))
        async with self._database.read() as session:
            return [_case(row) for row in await session.execute(query)]

    async def closed(self, owner_id: int, most: int = 20) -> list[Case]:
        """The cases an expert closed last, newest first."""
        query = (
            _cases()
            .where(CaseRow.state == "closed", CaseRow.owner_id == owner_id)
            .order_by(CaseRow.closed_at.desc())
            .limit(most)
        )
        async with self._database.read() as session:
            return [_case(row) for row in await session.execute(query)]

    async def changed_at(self) -> str:
        """A mark that is another one whenever a conversation changed."""
        query = select(func.max(ConversationRow.updated_at), func.sum(ConversationRow.last_event))
        async with self._database.read() as session:
            return str((await session.execute(query)).one())

    async def _one(self, query: Select[Any]) -> Case | None:
        async with self._database.read() as session:
            row = (await session.execute(query)).first()
            return _case(row) if row else None

    async def take(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        silent = and_(
            CaseRow.state == "taken", CaseRow.lease_until < time.time(),
            CaseRow.owner_id != expert_id,
        )  # fmt: skip
        free = or_(CaseRow.state == "waiting", silent)
        return await self._change(
            case_id, free, expert_id, "take", self._owned_by(expert_id), "desk", drafts
        )

    def _owned_by(self, expert_id: int) -> dict[str, Any]:
        return {
            "state": "taken", "owner_id": expert_id, "taken_at": self._clock.now(),
            "lease_until": time.time() + LEASE_SECONDS,
        }  # fmt: skip

    async def release(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        values = {"state": "waiting", "owner_id": None, "taken_at": None, "lease_until": 0.0}
        return await self._change(
            case_id, _theirs(expert_id), expert_id, "release", values, "bot", drafts
        )

    async def close(
        self, case_id: int, expert_id: int, drafts: tuple[Draft, ...], outcome: str | None = None
    ) -> bool:
        values = {"state": "closed", "closed_at": self._clock.now(), "outcome": outcome}
        return await self._change(
            case_id, _theirs(expert_id), expert_id, "close", values, "bot", drafts
        )

    async def transfer(
        self, case_id: int, by: int, to: int | None, theme: str | None, detail: dict[str, Any],
        drafts: tuple[Draft, ...],
    ) -> bool:  # fmt: skip
        if to is not None:
            values, speaker = self._owned_by(to), "desk"
        else:
            values = {"state": "waiting", "owner_id": None, "taken_at": None, "lease_until": 0.0}
            speaker = "bot"
        if theme is not None:
            values["theme"] = theme
        return await self._change(
            case_id, _theirs(by), by, "transfer", values, speaker, drafts, detail
        )

    async def reopen(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        other = aliased(CaseRow)
        busy = exists().where(
            other.conversation_id == CaseRow.conversation_id, other.state != "closed",
            other.id != CaseRow.id,
        )  # fmt: skip
        closed = and_(CaseRow.state == "closed", CaseRow.merged_into.is_(None), ~busy)
        values = {
            **self._owned_by(expert_id), "closed_at": None, "outcome": None,
            "reopened": CaseRow.reopened + 1,
        }  # fmt: skip
        return await self._change(case_id, closed, expert_id, "reopen", values, "desk", drafts)

    async def merge(
        self, case_id: int, into: int, expert_id: int, drafts: tuple[Draft, ...]
    ) -> bool:
        other = aliased(CaseRow)
        theirs_too = exists().where(
            other.id == into, other.state == "taken", other.owner_id == expert_id
        )
        values = {"state": "closed", "closed_at": self._clock.now(), "merged_into": into}
        return await self._change(
            case_id, and_(_theirs(expert_id), theirs_too, CaseRow.id != into), expert_id, "merge",
            values, "bot", drafts, {"into": into},
        )  # fmt: skip

    async def label(self, case_id: int, expert_id: int, labels: tuple[str, ...]) -> None:
        await self._mark(case_id, expert_id, "label", {"labels": list(labels)})

    async def hold(self, case_id: int, by: int | None, held: bool) -> None:
        await self._mark(case_id, by, "hold" if held else "unhold", {"held": held})

    async def _mark(
        self, case_id: int, staff_id: int | None, act: str, values: dict[str, Any]
    ) -> None:
        async with self._database.write() as session:
            await session.execute(update(CaseRow).where(CaseRow.id == case_id).values(**values))
            session.add(self._act(case_id, staff_id, act, values))

    async def keep_lease(self, case_id: int, expert_id: int) -> None:
        async with self._database.write() as session:
            await session.execute(
                update(CaseRow)
                .where(CaseRow.id == case_id, _theirs(expert_id))
                .values(lease_until=time.time() + LEASE_SECONDS)
            )

    async def note(
        self, case_id: int, staff_id: int | None, act: str, detail: dict[str, Any]
    ) -> None:
        async with self._database.write() as session:
            session.add(self._act(case_id, staff_id, act, detail))

    def _act(
        self, case_id: int, staff_id: int | None, act: str, detail: dict[str, Any] | None = None
    ) -> CaseHistoryRow:
        return CaseHistoryRow(
            case_id=case_id, staff_id=staff_id, act=act, detail=detail or {}, at=self._clock.now()
        )

    async def _change(
        self, case_id: int, condition: ColumnElement[bool], staff_id: int, act: str,
        values: dict[str, Any], speaker: str, drafts: tuple[Draft, ...],
        detail: dict[str, Any] | None = None,
    ) -> bool:  # fmt: skip
        """Move a case, give the word to `speaker` and say so; False when it is not as expected.

        A turn under way notices the new speaker when it commits, and is not sent.
        """
        async with self._database.write() as session:
            changed = await session.execute(
                update(CaseRow)
                .where(CaseRow.id == case_id, condition)
                .values(**values, fence=CaseRow.fence + 1)
                .execution_options(synchronize_session=False)
            )
            if cast("CursorResult[Any]", changed).rowcount != 1:
                return False
            row = await self._conversation_of(session, case_id)
            row.speaker = speaker
            row.case_follows = values["state"] == "waiting"
            append(session, row, drafts, self._clock.now())
            session.add(self._act(case_id, staff_id, act, detail))
            return True

    async def say(
        self, case_id: int, expert_id: int, client_id: str, draft: Draft, fence: int | None = None
    ) -> int | None:
        now = self._clock.now()
        condition = [CaseRow.id == case_id, _theirs(expert_id)]
        if fence is not None:
            condition.append(CaseRow.fence == fence)
        async with self._database.write() as session:
            mine = await session.execute(
                update(CaseRow)
                .where(*condition)
                .values(first_reply_at=func.coalesce(CaseRow.first_reply_at, now),
                        lease_until=time.time() + LEASE_SECONDS)
            )  # fmt: skip
            if cast("CursorResult[Any]", mine).rowcount != 1:
                return None
            row = await self._conversation_of(session, case_id)
            known = await session.scalar(
                select(EventRow).where(
                    EventRow.conversation_id == row.id, EventRow.client_id == client_id
                )
            )
            if known is not None and known.payload["text"] != draft.text:
                raise Refused("conflict")
            if known is None:
                (known,) = append(session, row, (draft,), now, client_id=client_id)
            return known.id

    @staticmethod
    async def _conversation_of(session: AsyncSession, case_id: int) -> ConversationRow:
        query = (
            select(ConversationRow)
            .join(CaseRow, CaseRow.conversation_id == ConversationRow.id)
            .where(CaseRow.id == case_id)
            .with_for_update(of=ConversationRow)
        )
        return (await session.scalars(query)).one()


def _theirs(expert_id: int) -> ColumnElement[bool]:
    return and_(CaseRow.state == "taken", CaseRow.owner_id == expert_id)


def _last_words(author: str) -> Any:
    return (
        select(func.max(EventRow.at))
        .where(EventRow.conversation_id == CaseRow.conversation_id, EventRow.author == author)
        .scalar_subquery()
    )


def _cases() -> Any:
    return (
        select(
            CaseRow,
            ConversationRow.channel,
            StaffRow.name,
            _last_words("citizen"),
            _last_words("expert"),
        )
        .join(ConversationRow, ConversationRow.id == CaseRow.conversation_id)
        .outerjoin(StaffRow, StaffRow.id == CaseRow.owner_id)
    )


def _case(row: Any) -> Case:
    case, channel, owner_name, last_citizen_at, last_expert_at = row
    lease = datetime.fromtimestamp(case.lease_until, UTC) if case.lease_until else None
    return Case(
        id=case.id, code=case.code, conversation_id=case.conversation_id, channel=channel,
        theme=case.theme, reason=case.reason, question=case.question,
        nearest=tuple(case.nearest), state=case.state, owner_id=case.owner_id,
        owner_name=owner_name, opened_at=case.opened_at, expected_by=case.expected_by,
        taken_at=case.taken_at, first_reply_at=case.first_reply_at, closed_at=case.closed_at,
        last_citizen_at=last_citizen_at, last_expert_at=last_expert_at, fence=case.fence,
        lease_until=lease, emergency=case.emergency, held=case.held, labels=tuple(case.labels),
        reopened=case.reopened, merged_into=case.merged_into, outcome=case.outcome,
        useful=case.useful,
    )  # fmt: skip
