"""The experts' pages: all their doors, and the line that says when to look again."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp_sse import sse_response

from bussola.desk import case_acts, case_answer, case_page, comments, queue_page, reviews
from bussola.web.keys import BELL, CASE_STORE
from bussola.web.permissions import Routes

_LOOK_SECONDS = 5.0


def add_routes(routes: Routes) -> None:
    queue_page.add_routes(routes)
    routes.get("/desk/live", live, "expert")
    case_page.add_routes(routes)
    case_answer.add_routes(routes)
    case_acts.add_routes(routes)
    reviews.add_routes(routes)
    comments.add_routes(routes)


async def live(request: web.Request) -> web.StreamResponse:
    """Server-sent events: "look again". The pages fetch what changed by themselves."""
    given = request.headers.get("Last-Event-ID", "")
    number, seen = int(given) if given.isdecimal() else 0, ""
    cases = request.app[CASE_STORE]
    async with sse_response(request) as stream:
        with request.app[BELL].listening("desk") as ear:
            while stream.is_connected():
                rung = await ear.wait(_LOOK_SECONDS)
                # Many bells in a moment are one reason to look.
                await asyncio.sleep(0.2)
                changed = await cases.changed_at()
                # A bell also says what leaves no mark there: a comment, an edited message.
                if rung or changed != seen:
                    seen, number = changed, number + 1
                    await stream.send("changed", id=str(number), event="desk")
    return stream
