"""Cases on disk. Who has a case is decided by one UPDATE, never by a look and then a write."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bussola.conversations.events import Draft
from bussola.conversations.message import Refused
from bussola.conversations.ports import Case, Clock
from bussola.storage.database import Database
from bussola.storage.events import append
from bussola.storage.models import CaseRow, ConversationRow, EventRow, StaffRow


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
        now = self._clock.now()
        values = {"state": "taken", "owner_id": expert_id, "taken_at": now}
        return await self._change(case_id, "waiting", None, values, "desk", drafts)

    async def release(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        values = {"state": "waiting", "owner_id": None, "taken_at": None}
        return await self._change(case_id, "taken", expert_id, values, "bot", drafts)

    async def close(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        values = {"state": "closed", "closed_at": self._clock.now()}
        return await self._change(case_id, "taken", expert_id, values, "bot", drafts)

    async def _change(
        self, case_id: int, from_state: str, owner_id: int | None, values: dict[str, Any],
        speaker: str, drafts: tuple[Draft, ...],
    ) -> bool:  # fmt: skip
        """Move a case, give the word to `speaker` and say so; False when it is not as expected.

        A turn under way notices the new speaker when it commits, and is not sent.
        """
        condition = [CaseRow.id == case_id, CaseRow.state == from_state]
        if owner_id is not None:
            condition.append(CaseRow.owner_id == owner_id)
        async with self._database.write() as session:
            changed = await session.execute(update(CaseRow).where(*condition).values(**values))
            if cast("CursorResult[Any]", changed).rowcount != 1:
                return False
            row = await self._conversation_of(session, case_id)
            row.speaker = speaker
            row.case_follows = values["state"] == "waiting"
            append(session, row, drafts, self._clock.now())
            return True

    async def say(self, case_id: int, expert_id: int, client_id: str, draft: Draft) -> bool:
        now = self._clock.now()
        async with self._database.write() as session:
            mine = await session.execute(
                update(CaseRow)
                .where(
                    CaseRow.id == case_id, CaseRow.state == "taken", CaseRow.owner_id == expert_id
                )
                .values(first_reply_at=func.coalesce(CaseRow.first_reply_at, now))
            )
            if cast("CursorResult[Any]", mine).rowcount != 1:
                return False
            row = await self._conversation_of(session, case_id)
            known = await session.scalar(
                select(EventRow).where(
                    EventRow.conversation_id == row.id, EventRow.client_id == client_id
                )
            )
            if known is not None and known.payload["text"] != draft.text:
                raise Refused("conflict")
            if known is None:
                append(session, row, (draft,), now, client_id=client_id)
            return True

    @staticmethod
    async def _conversation_of(session: AsyncSession, case_id: int) -> ConversationRow:
        query = (
            select(ConversationRow)
            .join(CaseRow, CaseRow.conversation_id == ConversationRow.id)
            .where(CaseRow.id == case_id)
            .with_for_update(of=ConversationRow)
        )
        return (await session.scalars(query)).one()


def _cases() -> Any:
    last_words = (
        select(func.max(EventRow.at))
        .where(EventRow.conversation_id == CaseRow.conversation_id, EventRow.author == "citizen")
        .scalar_subquery()
    )
    return (
        select(CaseRow, ConversationRow.channel, StaffRow.name, last_words)
        .join(ConversationRow, ConversationRow.id == CaseRow.conversation_id)
        .outerjoin(StaffRow, StaffRow.id == CaseRow.owner_id)
    )


def _case(row: Any) -> Case:
    case, channel, owner_name, last_citizen_at = row
    return Case(
        id=case.id, code=case.code, conversation_id=case.conversation_id, channel=channel,
        theme=case.theme, reason=case.reason, question=case.question,
        nearest=tuple(case.nearest), state=case.state, owner_id=case.owner_id,
        owner_name=owner_name, opened_at=case.opened_at, expected_by=case.expected_by,
        taken_at=case.taken_at, first_reply_at=case.first_reply_at, closed_at=case.closed_at,
        last_citizen_at=last_citizen_at,
    )  # fmt: skip
