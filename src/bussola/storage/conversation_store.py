"""Conversations on disk: accept, claim, finish. Every step may be repeated without harm."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bussola.conversations.conversation import Context, Conversation, NewCase
from bussola.conversations.events import Draft, Event
from bussola.conversations.message import Accepted, Message, Refused
from bussola.conversations.ports import Clock, FinishedAs, Lease, Outcome
from bussola.storage.database import Database
from bussola.storage.events import append, event_from, new_conversation
from bussola.storage.group_commit import GroupCommit
from bussola.storage.models import CaseRow, ConversationRow, EventRow, InboxRow

LEASE_SECONDS = 8.0
"""A crashed worker's message waits this long at most. A turn is shorter: it asks the bot once."""


class ConversationStore:
    """The Store port over SQLAlchemy."""

    def __init__(
        self, database: Database, clock: Clock, expected_by: Callable[[datetime], date]
    ) -> None:
        self._database, self._clock, self._expected_by = database, clock, expected_by
        self._accepting = GroupCommit(database, self._accept_one)

    async def start(self, conversation_id: str, channel: str, drafts: tuple[Draft, ...]) -> None:
        async with self._database.write() as session:
            row = new_conversation(conversation_id, channel, self._clock.now())
            session.add(row)
            await session.flush()
            append(session, row, drafts, self._clock.now())

    async def conversation(self, conversation_id: str) -> Conversation | None:
        async with self._database.read() as session:
            row = await session.get(ConversationRow, conversation_id)
            return await _conversation(session, row) if row else None

    async def accept(
        self, conversation_id: str, client_id: str, text: str, button: str | None,
        masked: tuple[str, ...],
    ) -> Accepted:  # fmt: skip
        result = await self._accepting.submit((conversation_id, client_id, text, button, masked))
        if isinstance(result, Refused):
            raise result
        return result

    async def _accept_one(
        self, session: AsyncSession, item: tuple[str, str, str, str | None, tuple[str, ...]]
    ) -> Accepted | Refused:
        conversation_id, client_id, text, button, masked = item
        known = await session.scalar(
            select(EventRow).where(
                EventRow.conversation_id == conversation_id, EventRow.client_id == client_id
            )
        )
        if known is not None:
            same = known.payload["text"] == text
            return Accepted(known.id, repeated=True) if same else Refused("conflict")
        row = await session.get(ConversationRow, conversation_id, with_for_update=True)
        if row is None:
            return Refused("unknown_conversation")
        now = self._clock.now()
        draft = Draft("citizen", "citizen", text, {"masked": list(masked)} if masked else {})
        (event,) = append(session, row, (draft,), now, client_id=client_id, deliver=False)
        session.add(
            InboxRow(conversation_id=conversation_id, event_id=event.id, button=button,
                     masked=list(masked), received_at=now)
        )  # fmt: skip
        # In the same batch a second copy must see this one.
        await session.flush()
        return Accepted(event.id, repeated=False)

    async def claim(self) -> Lease | None:
        now = time.time()
        async with self._database.write() as session:
            candidate = await session.scalar(
                select(ConversationRow)
                .where(
                    ConversationRow.lease_until < now,
                    ConversationRow.next_try_at <= now,
                    exists().where(
                        InboxRow.conversation_id == ConversationRow.id, InboxRow.status == "pending"
                    ),
                )
                .order_by(ConversationRow.updated_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if candidate is None:
                return None
            waiting = await session.scalar(
                select(InboxRow)
                .where(InboxRow.conversation_id == candidate.id, InboxRow.status == "pending")
                .order_by(InboxRow.event_id)
                .limit(1)
            )
            if waiting is None:
                return None
            candidate.fence += 1
            candidate.lease_until = now + LEASE_SECONDS
            waiting.attempts += 1
            event = await session.get(EventRow, (candidate.id, waiting.event_id))
            assert event is not None
            message = Message(
                candidate.id, event.id, event.client_id or "", event.payload["text"],
                waiting.button, tuple(waiting.masked), waiting.received_at, waiting.attempts,
            )  # fmt: skip
            return Lease(await _conversation(session, candidate), message, candidate.fence)

    async def finish(self, lease: Lease, outcome: Outcome) -> FinishedAs:
        async with self._database.write() as session:
            row = await session.get(ConversationRow, lease.conversation.id, with_for_update=True)
            if row is None or row.fence != lease.fence:
                return "lost_lease"
            inbox = await session.scalar(
                select(InboxRow).where(
                    InboxRow.conversation_id == row.id,
                    InboxRow.event_id == lease.message.event_id,
                )
            )
            if inbox is None or inbox.status != "pending":
                return "lost_lease"
            inbox.status = "dead" if outcome.dead_letter else "done"
            row.lease_until, row.next_try_at = 0.0, 0.0
            return await self._commit(session, row, lease, outcome)

    async def _commit(
        self, session: AsyncSession, row: ConversationRow, lease: Lease, outcome: Outcome
    ) -> FinishedAs:
        drafts = outcome.drafts
        late = row.speaker == "desk" and lease.conversation.speaker == "bot"
        if late:
            # An expert took over while the bot was thinking: the desk sees what was not sent.
            drafts = tuple(
                Draft(d.author, "not_sent", d.text, {"kind": d.kind}, hidden=True) for d in drafts
            )
        append(session, row, drafts, self._clock.now(), in_reply_to=lease.message.event_id)
        if late:
            return "dropped"
        row.context = outcome.context.to_dict()
        if outcome.case_follows is not None:
            row.case_follows = outcome.case_follows
        if outcome.new_case is not None:
            session.add(self._case_row(outcome.new_case, row.id))
        return "answered"

    def _case_row(self, new: NewCase, conversation_id: str) -> CaseRow:
        now = self._clock.now()
        return CaseRow(
            code=new.code, conversation_id=conversation_id, theme=new.theme, reason=new.reason,
            question=new.question, nearest=list(new.nearest), opened_at=now,
            expected_by=self._expected_by(now),
        )  # fmt: skip

    async def postpone(self, lease: Lease, seconds: float) -> None:
        async with self._database.write() as session:
            await session.execute(
                update(ConversationRow)
                .where(
                    ConversationRow.id == lease.conversation.id,
                    ConversationRow.fence == lease.fence,
                )
                .values(lease_until=0.0, next_try_at=time.time() + seconds)
            )

    async def release_all(self) -> None:
        """Free every lease: for the start of the only worker, whose leases were its own."""
        async with self._database.write() as session:
            await session.execute(
                update(ConversationRow)
                .where(ConversationRow.lease_until > 0)
                .values(lease_until=0.0, fence=ConversationRow.fence + 1)
            )

    async def event(self, conversation_id: str, event_id: int) -> Event | None:
        async with self._database.read() as session:
            row = await session.get(EventRow, (conversation_id, event_id))
            return event_from(row) if row else None

    async def events(
        self, conversation_id: str, after: int = 0, for_desk: bool = False
    ) -> list[Event]:
        query = (
            select(EventRow)
            .where(EventRow.conversation_id == conversation_id, EventRow.id > after)
            .order_by(EventRow.id)
        )
        if not for_desk:
            query = query.where(EventRow.hidden.is_(False))
        async with self._database.read() as session:
            return [event_from(row) for row in await session.scalars(query)]


async def _conversation(session: AsyncSession, row: ConversationRow) -> Conversation:
    case = await session.scalar(
        select(CaseRow)
        .where(CaseRow.conversation_id == row.id, CaseRow.state != "closed")
        .order_by(CaseRow.id.desc())
        .limit(1)
    )
    return Conversation(
        id=row.id, channel=row.channel, speaker=row.speaker,  # type: ignore[arg-type]
        context=Context.from_dict(row.context), fence=row.fence,
        case_id=case.id if case else None,
        case_state=case.state if case else None,  # type: ignore[arg-type]
        case_code=case.code if case else None, case_follows=row.case_follows,
    )  # fmt: skip
