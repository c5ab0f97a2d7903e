"""Conversations on disk: accept, claim, finish. Every step may be repeated without harm."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bussola.conversations.conversation import Context, Conversation, NewCase
from bussola.conversations.events import Draft, Event
from bussola.conversations.message import Accepted, Message, Refused
from bussola.conversations.ports import Clock, FinishedAs, Lease, Outcome
from bussola.storage.database import Database
from bussola.storage.events import append, event_from, new_conversation
from bussola.storage.group_commit import GroupCommit
from bussola.storage.models import CaseRow, ConversationRow, EventRow, InboxRow, OutboxRow

PAUSE = timedelta(hours=12)
"""After so long the citizen is told again that a machine answers."""
LEASE_SECONDS = 8.0
"""A crashed worker's message waits this long at most. A turn is shorter: it asks the bot once."""


class ConversationStore:
    """The Store port over SQLAlchemy."""

    def __init__(
        self, database: Database, clock: Clock, expected_by: Callable[[datetime], date]
    ) -> None:
        self._database, self._clock, self._expected_by = database, clock, expected_by
        self._accepting = GroupCommit(database, self._accept_one)
        self._opening = GroupCommit(database, self._open_one)

    async def start(self, conversation_id: str, channel: str, drafts: tuple[Draft, ...]) -> None:
        await self._opening.submit((conversation_id, channel, drafts))

    async def open(self, conversation_id: str, channel: str, drafts: tuple[Draft, ...]) -> bool:
        async with self._database.read() as session:
            if await session.get(ConversationRow, conversation_id) is not None:
                return False
        return await self._opening.submit((conversation_id, channel, drafts))

    async def _open_one(
        self, session: AsyncSession, item: tuple[str, str, tuple[Draft, ...]]
    ) -> bool:
        conversation_id, channel, drafts = item
        if await session.get(ConversationRow, conversation_id) is not None:
            return False
        row = new_conversation(conversation_id, channel, self._clock.now())
        session.add(row)
        await session.flush()
        append(session, row, drafts, self._clock.now())
        return True

    async def note(
        self, conversation_id: str, key: str, draft: Draft, muted_until: float | None = None
    ) -> bool:
        async with self._database.write() as session:
            row = await session.get(ConversationRow, conversation_id, with_for_update=True)
            if row is None or await _by_client(session, conversation_id, key) is not None:
                return False
            append(session, row, (draft,), self._clock.now(), client_id=key, deliver=False)
            if muted_until is not None:
                # Zero would end the silence without saying who has the word again.
                row.muted_until = muted_until or 1.0
            return True

    async def amend(self, conversation_id: str, client_id: str, text: str | None) -> bool:
        async with self._database.write() as session:
            event = await _by_client(session, conversation_id, client_id)
            if event is None or event.author != "citizen":
                return False
            marks = {"deleted": True} if text is None else {"edited": True}
            data = {**event.payload["data"], **marks}
            said = event.payload["text"]
            event.payload = {**event.payload, "text": text or "", "data": data}
            await self._amend_copies(session, conversation_id, said, text or "")
            if text is None:
                await self._withdraw(session, conversation_id, event.id)
            return True

    @staticmethod
    async def _amend_copies(
        session: AsyncSession, conversation_id: str, said: str, text: str
    ) -> None:
        """The question of a case and the one last talked about are the same words again.

        So are those that a reply quotes for the curators.
        """
        row = await session.get(ConversationRow, conversation_id)
        if row is not None and row.context.get("question") == said:
            row.context = {**row.context, "question": text}
        replies = select(EventRow).where(
            EventRow.conversation_id == conversation_id, EventRow.in_reply_to.is_not(None)
        )
        for reply in await session.scalars(replies):
            if reply.payload["data"].get("question") == said:
                data = {**reply.payload["data"], "question": text}
                reply.payload = {**reply.payload, "data": data}
        await session.execute(
            update(CaseRow)
            .where(CaseRow.conversation_id == conversation_id, CaseRow.question == said)
            .values(question=text)
        )

    @staticmethod
    async def _withdraw(session: AsyncSession, conversation_id: str, event_id: int) -> None:
        """A message taken back is not answered; a turn about it, if one is under way, is lost."""
        query = (
            select(InboxRow)
            .where(InboxRow.conversation_id == conversation_id, InboxRow.status == "pending")
            .order_by(InboxRow.event_id)
        )
        row = await session.get(ConversationRow, conversation_id)
        for place, inbox in enumerate(await session.scalars(query)):
            if inbox.event_id == event_id:
                inbox.status = "done"
                if row is not None and place == 0:
                    row.fence, row.lease_until = row.fence + 1, 0.0

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
        known = await _by_client(session, conversation_id, client_id)
        if known is not None:
            changed = known.payload["data"].keys() & {"edited", "deleted"}
            same = bool(changed) or known.payload["text"] == text
            return Accepted(known.id, repeated=True) if same else Refused("conflict")
        row = await session.get(ConversationRow, conversation_id, with_for_update=True)
        if row is None:
            return Refused("unknown_conversation")
        now = self._clock.now()
        unmuted = 0 < row.muted_until <= now.timestamp()
        after_pause = unmuted or now - row.updated_at > PAUSE
        if unmuted:
            row.muted_until = 0.0
        draft = Draft("citizen", "citizen", text, {"masked": list(masked)} if masked else {})
        (event,) = append(session, row, (draft,), now, client_id=client_id, deliver=False)
        session.add(
            InboxRow(conversation_id=conversation_id, event_id=event.id, button=button,
                     masked=list(masked), received_at=now, after_pause=after_pause)
        )  # fmt: skip
        # In the same batch a second copy must see this one.
        await session.flush()
        return Accepted(event.id, repeated=False)

    async def claim(self) -> Lease | None:
        now = time.time()
        async with self._database.write() as session:
            # From the waiting messages to their conversations: the other way round the time of
            # a claim grows with the square of what waits.
            candidate = await session.scalar(
                select(ConversationRow)
                .join(InboxRow, InboxRow.conversation_id == ConversationRow.id)
                .where(
                    InboxRow.status == "pending",
                    ConversationRow.lease_until < now,
                    ConversationRow.next_try_at <= now,
                )
                .order_by(InboxRow.id)
                .limit(1)
                .with_for_update(skip_locked=True, of=ConversationRow)
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
                waiting.after_pause,
            )  # fmt: skip
            conversation = await _conversation(session, candidate)
            muted = candidate.muted_until > self._clock.now().timestamp()
            return Lease(replace(conversation, muted=muted), message, candidate.fence)

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
        if outcome.forget:
            await self._forget(session, row)
        now = self._clock.now()
        taken = row.speaker == "desk" and lease.conversation.speaker == "bot"
        silenced = row.muted_until > now.timestamp() and not lease.conversation.muted
        late = taken or silenced
        if late:
            # A person took over while the bot was thinking: the desk sees what was not sent.
            drafts = tuple(
                Draft(d.author, "not_sent", d.text, {"kind": d.kind}, hidden=True) for d in drafts
            )
        append(session, row, drafts, now, in_reply_to=lease.message.event_id)
        if late:
            return "dropped"
        row.context = outcome.context.to_dict()
        if outcome.case_follows is not None:
            row.case_follows = outcome.case_follows
        if outcome.new_case is not None:
            session.add(self._case_row(outcome.new_case, row.id))
        if outcome.emergency:
            await session.execute(
                update(CaseRow)
                .where(CaseRow.conversation_id == row.id, CaseRow.state != "closed")
                .values(emergency=True)
            )
        return "answered"

    async def _forget(self, session: AsyncSession, row: ConversationRow) -> None:
        """Erase all words of a conversation, said and still to be sent, and those of its cases."""
        blank = {"kind": "erased", "text": "", "data": {"deleted": True}, "buttons": []}
        # The rows stay, so that a message that comes once more is still known.
        await session.execute(
            update(EventRow)
            .where(EventRow.conversation_id == row.id)
            .values(payload=blank, hidden=True)
        )
        await session.execute(delete(OutboxRow).where(OutboxRow.conversation_id == row.id))
        await session.execute(
            update(InboxRow).where(InboxRow.conversation_id == row.id).values(status="done")
        )
        await session.execute(
            update(CaseRow)
            .where(CaseRow.conversation_id == row.id)
            .values(question="", nearest=[], state="closed",
                    closed_at=func.coalesce(CaseRow.closed_at, self._clock.now()))
        )  # fmt: skip
        row.speaker, row.case_follows, row.muted_until = "bot", False, 0.0

    def _case_row(self, new: NewCase, conversation_id: str) -> CaseRow:
        now = self._clock.now()
        return CaseRow(
            code=new.code, conversation_id=conversation_id, theme=new.theme, reason=new.reason,
            question=new.question, nearest=list(new.nearest), opened_at=now,
            expected_by=self._expected_by(now), emergency=new.emergency,
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


async def _by_client(
    session: AsyncSession, conversation_id: str, client_id: str
) -> EventRow | None:
    query = select(EventRow).where(
        EventRow.conversation_id == conversation_id, EventRow.client_id == client_id
    )
    return (await session.scalars(query)).one_or_none()


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
