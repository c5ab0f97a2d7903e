"""What Messenger needs to remember: who is who on the page, and which calls were made."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bussola.conversations.ports import Clock
from bussola.storage.database import Database
from bussola.storage.group_commit import GroupCommit
from bussola.storage.models import (
    ChannelRow,
    ConversationRow,
    ErasureRow,
    MessengerSendRow,
    MessengerThreadRow,
)

_WORTH_WRITING = timedelta(seconds=30)
SendState = Literal["mine", "trying", "sent", "unsure"]


@dataclass(frozen=True)
class Thread:
    """A person on the page; `person_id` means nothing outside it."""

    conversation_id: str
    page_id: str
    person_id: str
    last_act_at: datetime | None
    unavailable: bool
    offered_event: int | None


@dataclass(frozen=True)
class Send:
    """Where one call stands; `mine` says that the caller must make it now."""

    state: SendState
    tried_at: float
    attempts: int


class MessengerStore:
    """Threads, calls and the state of the channel, over SQLAlchemy."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._meeting = GroupCommit(database, self._meet_one)

    async def thread(self, conversation_id: str) -> Thread | None:
        async with self._database.read() as session:
            row = await session.get(MessengerThreadRow, conversation_id)
            return _thread(row) if row else None

    async def meet(
        self, conversation_id: str, page_id: str, person_id: str, acted_at: datetime | None,
        known: Thread | None = None,
    ) -> Thread:  # fmt: skip
        """The thread of a person, made at the first meeting; `acted_at` opens the window.

        The time never goes back, whatever order events come in. `known` is the thread as it was
        just read: nothing is written when nothing is new.
        """
        if known is not None and not known.unavailable and not _is_news(known, acted_at):
            return known
        return await self._meeting.submit((conversation_id, page_id, person_id, acted_at))

    async def _meet_one(
        self, session: AsyncSession, item: tuple[str, str, str, datetime | None]
    ) -> Thread:
        conversation_id, page_id, person_id, acted_at = item
        row = await session.get(MessengerThreadRow, conversation_id, with_for_update=True)
        if row is None:
            row = MessengerThreadRow(
                conversation_id=conversation_id, page_id=page_id, person_id=person_id,
                unavailable=False,
            )  # fmt: skip
            session.add(row)
        if acted_at is not None:
            row.unavailable = False
            row.last_act_at = max(row.last_act_at or acted_at, acted_at)
        await session.flush()
        return _thread(row)

    async def part_with(self, conversation_id: str) -> None:
        """Forget who the person is; nothing can be sent there until they write again."""
        async with self._database.write() as session:
            for table in (MessengerThreadRow, MessengerSendRow):
                await session.execute(delete(table).where(table.conversation_id == conversation_id))

    async def unavailable(self, conversation_id: str) -> None:
        """The person cannot be reached (blocked the page, or left)."""
        await self._set(conversation_id, unavailable=True)

    async def say_who_answers(self, conversation_id: str) -> None:
        """The next turn of the bot says again that it is a machine, as after a silence."""
        async with self._database.write() as session:
            await session.execute(
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id, ConversationRow.muted_until == 0)
                .values(muted_until=1.0)
            )

    async def offered(self, conversation_id: str, event_id: int) -> None:
        """The event whose choices may now be typed too, by number or by name."""
        await self._set(conversation_id, offered_event=event_id)

    async def _set(self, conversation_id: str, **values: object) -> None:
        async with self._database.write() as session:
            await session.execute(
                update(MessengerThreadRow)
                .where(MessengerThreadRow.conversation_id == conversation_id)
                .values(**values)
            )

    # Calls

    async def claim(self, conversation_id: str, event_id: int, part: int) -> Send:
        """The right to make a call, given once; else how the call stands."""
        key = (conversation_id, event_id, part)
        now = time.time()
        try:
            async with self._database.write() as session:
                known = await session.get(MessengerSendRow, key)
                if known is not None:
                    return _send(known)
                session.add(
                    MessengerSendRow(
                        conversation_id=conversation_id,
                        event_id=event_id,
                        part=part,
                        state="trying",
                        tried_at=now,
                        attempts=1,
                    )
                )
        except IntegrityError:
            return Send("trying", now, 1)
        return Send("mine", now, 1)

    async def claim_again(self, conversation_id: str, event_id: int, part: int) -> bool:
        """The right to repeat a call whose outcome is unknown: once, and to one caller only."""
        return await self._change(
            (conversation_id, event_id, part), "trying", attempts=1, to={"attempts": 2}
        )

    async def give_back(self, conversation_id: str, event_id: int, part: int) -> None:
        """The platform surely did not take it: as if this time had never been tried.

        What became of a first time may still be unknown: that one stays counted.
        """
        key = (conversation_id, event_id, part)
        if await self._change(key, "trying", attempts=2, to={"attempts": 1}):
            return
        async with self._database.write() as session:
            await session.execute(
                delete(MessengerSendRow).where(*_is(key), MessengerSendRow.state == "trying")
            )

    async def settle(
        self, conversation_id: str, event_id: int, part: int, message_id: str | None
    ) -> bool:
        """The platform has it: told by its answer or, later, by its echo."""
        values = {"state": "sent", "message_id": message_id}
        return await self._change((conversation_id, event_id, part), None, to=values)

    async def unsure(self, conversation_id: str, event_id: int, part: int) -> None:
        """Twice no answer and no echo: not tried again, because a doubled answer is worse."""
        await self._change((conversation_id, event_id, part), "trying", to={"state": "unsure"})

    async def _change(
        self, key: tuple[str, int, int], state: str | None, to: Mapping[str, object],
        attempts: int | None = None,
    ) -> bool:  # fmt: skip
        query = update(MessengerSendRow).where(*_is(key))
        if state is not None:
            query = query.where(MessengerSendRow.state == state)
        if attempts is not None:
            query = query.where(MessengerSendRow.attempts == attempts)
        async with self._database.write() as session:
            changed = await session.execute(query.values(**to, tried_at=time.time()))
            return bool(changed.rowcount)  # type: ignore[attr-defined]

    # The channel

    async def stopped(self) -> str | None:
        """Why nothing is sent; names a text of the catalogue. None while the channel runs."""
        async with self._database.read() as session:
            row = await session.get(ChannelRow, "messenger")
            return row.stopped if row else None

    async def stop(self, reason: str | None) -> None:
        """Stop the channel, or with None let it run again."""
        async with self._database.write() as session:
            row = await session.get(ChannelRow, "messenger", with_for_update=True)
            if row is None:
                row = ChannelRow(name="messenger")
                session.add(row)
            row.stopped = reason
            row.stopped_at = self._clock.now() if reason else None

    async def erasure_asked(self, code: str) -> None:
        """Write down that the platform passed on a request for erasure."""
        async with self._database.write() as session:
            session.add(ErasureRow(code=code, platform="messenger", asked_at=self._clock.now()))

    async def erasure(self, code: str) -> datetime | None:
        """When the request of that code came, or None when there is none."""
        async with self._database.read() as session:
            return await session.scalar(select(ErasureRow.asked_at).where(ErasureRow.code == code))


def _is_news(thread: Thread, acted_at: datetime | None) -> bool:
    """False while an act moves the window by so little that a commit is not worth it."""
    if acted_at is None:
        return False
    return thread.last_act_at is None or acted_at - thread.last_act_at > _WORTH_WRITING


def _is(key: tuple[str, int, int]) -> list[ColumnElement[bool]]:
    row = MessengerSendRow
    return [row.conversation_id == key[0], row.event_id == key[1], row.part == key[2]]


def _send(row: MessengerSendRow) -> Send:
    return Send(row.state, row.tried_at, row.attempts)  # type: ignore[arg-type]


def _thread(row: MessengerThreadRow) -> Thread:
    return Thread(
        row.conversation_id, row.page_id, row.person_id, row.last_act_at, row.unavailable,
        row.offered_event,
    )  # fmt: skip
