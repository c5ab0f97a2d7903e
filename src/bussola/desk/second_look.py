"""Replies that wait for a second pair of eyes."""

from __future__ import annotations

from aiohttp import web

from bussola.conversations.ports import Case, Review
from bussola.desk.signed_in import expert_of
from bussola.web.keys import DESK, DESK_STORE


async def reviews_waiting(request: web.Request) -> list[tuple[Review, Case]]:
    """Those of cases that the signed-in person may see, oldest first."""
    expert, desk = expert_of(request), request.app[DESK]
    found = [
        (review, await desk.case(review.case_id, expert))
        for review in await request.app[DESK_STORE].reviews()
    ]
    return [(review, case) for review, case in found if case is not None]
