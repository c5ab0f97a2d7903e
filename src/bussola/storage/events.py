"""Events in and out of their table; a new event takes the next number of its conversation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bussola.conversations.events import Draft, Event, buttons_from
from bussola.storage.models import ConversationRow, EventRow, OutboxRow


def new_conversation(conversation_id: str, channel: str, now: datetime) -> ConversationRow:
    """A row with its defaults in place, so that events can be numbered before it is flushed."""
    return ConversationRow(
        id=conversation_id, channel=channel, speaker="bot", context={}, case_follows=False,
        last_event=0, fence=0, lease_until=0.0, next_try_at=0.0, muted_until=0.0, created_at=now, updated_at=now,
    )  # fmt: skip


def append(
    session: AsyncSession,
    row: ConversationRow,
    drafts: tuple[Draft, ...],
    now: datetime,
    in_reply_to: int | None = None,
    client_id: str | None = None,
    deliver: bool = True,
) -> list[EventRow]:
    """Number and add `drafts`; those a citizen may read also enter the outbox.

    Two answers to the same message break the unique constraint on (reply, part).
    """
    added = []
    for part, draft in enumerate(drafts):
        row.last_event += 1
        event = EventRow(
            conversation_id=row.id, id=row.last_event, author=draft.author,
            payload=draft.payload(), hidden=draft.hidden, at=now,
            client_id=client_id if part == 0 else None,
            in_reply_to=in_reply_to, part=part if in_reply_to is not None else None,
        )  # fmt: skip
        session.add(event)
        added.append(event)
        if deliver and not draft.hidden:
            session.add(OutboxRow(channel=row.channel, conversation_id=row.id, event_id=event.id))
    row.updated_at = now
    return added


def event_from(row: EventRow) -> Event:
    """The event a row holds."""
    return Event(
        id=row.id, author=row.author, kind=row.payload["kind"],  # type: ignore[arg-type]
        text=row.payload["text"], data=row.payload["data"],
        buttons=buttons_from(row.payload["buttons"]), hidden=row.hidden, at=row.at,
        in_reply_to=row.in_reply_to,
    )  # fmt: skip
