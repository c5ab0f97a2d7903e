"""Comments under posts: what was done about each, never what it said."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bussola.storage.database import Database
from bussola.storage.models import MessengerCommentRow

CommentState = Literal["answer", "moderate", "ignored", "done", "hidden", "left", "removed"]


@dataclass(frozen=True)
class Remark:
    """A comment; `kinds` of the personal data that it shows to everybody."""

    comment_id: str
    post_id: str
    state: CommentState
    kinds: tuple[str, ...]
    at: datetime
    entry_id: str | None
    pointer_sent: bool
    private_sent: bool
    attempts: int


class CommentStore:
    """Comments over SQLAlchemy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, page_id: str, remark: Remark) -> bool:
        """Write a comment down; False when it is known."""
        row = MessengerCommentRow(
            comment_id=remark.comment_id, page_id=page_id, post_id=remark.post_id,
            state=remark.state, kinds=list(remark.kinds), at=remark.at, entry_id=remark.entry_id,
            pointer_sent=False, private_sent=False, attempts=0, next_try_at=0.0,
        )  # fmt: skip
        try:
            async with self._database.write() as session:
                session.add(row)
        except IntegrityError:
            return False
        return True

    async def due(self, most: int = 20) -> list[Remark]:
        """Comments still to be answered now, oldest first."""
        row = MessengerCommentRow
        return await self._some(row.state == "answer", row.next_try_at <= time.time(), most=most)

    async def to_moderate(self) -> list[Remark]:
        """Comments that show personal data and wait for a moderator, oldest first."""
        return await self._some(MessengerCommentRow.state == "moderate", most=200)

    async def remark(self, comment_id: str) -> Remark | None:
        found = await self._some(MessengerCommentRow.comment_id == comment_id, most=1)
        return found[0] if found else None

    async def change(self, comment_id: str, **values: object) -> None:
        """Set columns of one comment."""
        async with self._database.write() as session:
            await session.execute(
                update(MessengerCommentRow)
                .where(MessengerCommentRow.comment_id == comment_id)
                .values(**values)
            )

    async def _some(self, *conditions: object, most: int) -> list[Remark]:
        query = (
            select(MessengerCommentRow)
            .where(*conditions)  # type: ignore[arg-type]
            .order_by(MessengerCommentRow.at)
            .limit(most)
        )
        async with self._database.read() as session:
            return [_remark(row) for row in await session.scalars(query)]


def _remark(row: MessengerCommentRow) -> Remark:
    return Remark(
        row.comment_id, row.post_id, row.state, tuple(row.kinds), row.at,  # type: ignore[arg-type]
        row.entry_id, row.pointer_sent, row.private_sent, row.attempts,
    )  # fmt: skip
