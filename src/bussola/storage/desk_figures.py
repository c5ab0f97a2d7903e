"""What the desk measures: how long first answers took, who answers on a theme, who still waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from bussola.storage.database import Database
from bussola.storage.models import CaseRow, EventRow, StaffRow


class DeskFigures:
    """Over SQLAlchemy; it only reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first_answers(
        self, theme: str | None, since: datetime
    ) -> list[tuple[datetime, datetime]]:
        """When cases of a theme were opened and first answered; those answered from `since` on.

        A theme of None stands for the cases without one.
        """
        query = select(CaseRow.opened_at, CaseRow.first_reply_at).where(
            CaseRow.theme == theme, CaseRow.first_reply_at >= since
        )
        async with self._database.read() as session:
            found = await session.execute(query)
            return [(opened, answered) for opened, answered in found if answered is not None]

    async def experts_on(self, theme: str | None) -> int:
        """How many experts read the cases of a theme; those without one are read by all."""
        query = select(StaffRow.themes).where(
            StaffRow.role == "expert", StaffRow.disabled.is_(False)
        )
        async with self._database.read() as session:
            lists = (await session.scalars(query)).all()
        return sum(themes is None or theme is None or theme in themes for themes in lists)

    async def unanswered_since(self) -> dict[int, datetime]:
        """By open case: the citizen's first words after the last of an expert.

        Cases in which no expert wrote, or nobody wrote after them, are not there.
        """
        theirs = aliased(EventRow)
        last = (
            select(func.max(theirs.at))
            .where(theirs.conversation_id == CaseRow.conversation_id, theirs.author == "expert")
            .scalar_subquery()
        )
        query = (
            select(CaseRow.id, func.min(EventRow.at))
            .join(EventRow, EventRow.conversation_id == CaseRow.conversation_id)
            .where(CaseRow.state != "closed", EventRow.author == "citizen", EventRow.at > last)
            .group_by(CaseRow.id)
        )
        async with self._database.read() as session:
            return {int(case_id): at for case_id, at in await session.execute(query)}
