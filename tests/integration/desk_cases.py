"""Cases of any age in the database of a running application, and a signed-in expert's browser."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bussola.conversations.desk_rules import new_case_code
from bussola.conversations.events import Draft
from bussola.storage.database import Database
from bussola.storage.events import append, new_conversation
from bussola.storage.models import CaseRow

Words = tuple[tuple[str, str, datetime], ...]
"""Author, text and moment of what was said after the case was opened."""


async def add_case(database: Database, ago: timedelta, said: Words = (), **told: Any) -> CaseRow:
    """A case opened so long ago; the columns of `told` are as given."""
    opened = datetime.now(UTC) - ago
    conversation = new_conversation(secrets.token_hex(8), "webchat", opened)
    values = {
        "code": new_case_code(), "theme": None, "reason": "asked", "question": "Una domanda",
        "nearest": [], "state": "waiting", "opened_at": opened,
        "expected_by": (opened + timedelta(days=4)).date(), "labels": [], **told,
    }  # fmt: skip
    case = CaseRow(conversation_id=conversation.id, **values)
    async with database.write() as session:
        session.add(conversation)
        await session.flush()
        session.add(case)
        handoff = Draft("system", "handoff", "Aperta.", {"case_code": case.code})
        append(session, conversation, (handoff,), opened)
        for author, text, at in said:
            data = {"name": "Anna"} if author == "expert" else {}
            append(session, conversation, (Draft(author, author, text, data),), at)  # type: ignore[arg-type]
        await session.flush()
        session.expunge_all()
    return case


@asynccontextmanager
async def database_of(url: str) -> AsyncIterator[Database]:
    """A second door to the database of an application."""
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()
