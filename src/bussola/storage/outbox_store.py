"""What still has to leave: taken in order, marked when the channel has it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased

from bussola.conversations.events import Event
from bussola.storage.database import Database
from bussola.storage.events import event_from
from bussola.storage.models import EventRow, InboxRow, OutboxRow


@dataclass(frozen=True)
class Parcel:
    """An event on its way to a citizen."""

    id: int
    channel: str
    conversation_id: str
    event: Event
    attempts: int


class OutboxStore:
    """The outbox over SQLAlchemy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, channel: str, most: int = 100) -> list[Parcel]:
        """Parcels of a channel to deliver now, oldest first.

        Behind one that is postponed the rest of its conversation waits: order is kept.
        """
        now = time.time()
        before = aliased(OutboxRow)
        blocked = exists().where(
            before.conversation_id == OutboxRow.conversation_id, before.status == "pending",
            before.id < OutboxRow.id, before.next_try_at > now,
        )  # fmt: skip
        query = (
            select(OutboxRow, EventRow)
            .join(
                EventRow,
                (EventRow.conversation_id == OutboxRow.conversation_id)
                & (EventRow.id == OutboxRow.event_id),
            )
            .where(
                OutboxRow.status == "pending",
                OutboxRow.channel == channel,
                OutboxRow.next_try_at <= now,
                ~blocked,
            )
            .order_by(OutboxRow.id)
            .limit(most)
        )
        async with self._database.read() as session:
            return [
                Parcel(out.id, out.channel, out.conversation_id, event_from(event), out.attempts)
                for out, event in await session.execute(query)
            ]

    async def sent(self, parcel_ids: list[int]) -> None:
        """Mark as delivered; doing it twice changes nothing."""
        async with self._database.write() as session:
            await session.execute(
                update(OutboxRow).where(OutboxRow.id.in_(parcel_ids)).values(status="sent")
            )

    async def failed(self, parcel_id: int, reason: str) -> None:
        """Give up for good; `reason` names a text of the catalogue, for the desk."""
        async with self._database.write() as session:
            await session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == parcel_id)
                .values(status="failed", reason=reason)
            )

    async def undelivered(self, conversation_id: str) -> dict[int, str]:
        """Why each event of a conversation that will not be delivered was not, by event id."""
        query = select(OutboxRow.event_id, OutboxRow.reason).where(
            OutboxRow.conversation_id == conversation_id, OutboxRow.status == "failed"
        )
        async with self._database.read() as session:
            return {event: reason or "" for event, reason in await session.execute(query)}

    async def postpone(self, parcel_id: int, seconds: float) -> None:
        """Try again later."""
        async with self._database.write() as session:
            await session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == parcel_id)
                .values(attempts=OutboxRow.attempts + 1, next_try_at=time.time() + seconds)
            )

    async def depth(self) -> dict[str, int]:
        """How many messages wait for an answer, are set aside, and wait to leave."""
        async with self._database.read() as session:
            counts = {}
            for name, column, status in (
                ("inbox", InboxRow.status, "pending"),
                ("dead", InboxRow.status, "dead"),
                ("outbox", OutboxRow.status, "pending"),
            ):
                counts[name] = int(
                    await session.scalar(select(func.count()).where(column == status)) or 0
                )
            return counts
