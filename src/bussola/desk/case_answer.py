"""Writing to a citizen: read while it is typed, sent, or put before a colleague."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bussola.conversations.message import Refused
from bussola.desk import case_lines
from bussola.desk.case_page import Attempt, case_of, is_theirs, show_case
from bussola.desk.signed_in import expert_of
from bussola.web.keys import DESK, DESK_STORE, TEMPLATES, TEXTS
from bussola.web.permissions import Routes

MOST_KEPT = 16_000
"""Code points of a draft: more than can be sent, so that a long one can still be shortened."""
CHANGED_HANDS = (
    "La richiesta è passata di mano mentre scrivevi: la risposta non è partita. Quello che hai "
    "scritto è qui sotto."
)


def add_routes(routes: Routes) -> None:
    routes.post("/desk/case/{id:\\d+}/check", check, "expert")
    routes.post("/desk/case/{id:\\d+}/reply", reply, "expert")
    routes.post("/desk/case/{id:\\d+}/review", ask_review, "expert")


async def _written(request: web.Request) -> str:
    return str((await request.post()).get("text", "")).replace("\r\n", "\n")


async def _fence(request: web.Request) -> int | None:
    """The fence of the form; a form without one was written before there were any."""
    given = (await request.post()).get("fence")
    if given is None:
        return None
    return int(given) if isinstance(given, str) and given.isdecimal() and len(given) < 10 else -1


async def check(request: web.Request) -> web.Response:
    """Read what is being written, and keep it: the page asks while the expert types."""
    case, expert, text = await case_of(request), expert_of(request), await _written(request)
    store = request.app[DESK_STORE]
    await store.save_draft(case.id, expert.id, text[:MOST_KEPT])
    await store.seen(case.id, expert.id, typing=True)
    values: dict[str, Any] = {"found": [], "problem": ""}
    try:
        checked = request.app[DESK].check(case, text)
        values["found"] = case_lines.found_lines(checked, request.app[TEXTS])
    except Refused as refused:
        if refused.reason != "empty":
            values["problem"] = request.app[TEXTS].say(f"refused_{refused.reason}")
    values["not_theirs"] = not is_theirs(case, expert)
    return request.app[TEMPLATES].page("findings.html", **values)


async def reply(request: web.Request) -> web.Response:
    """Send a reply; whatever goes wrong, the written text stays in the form."""
    form, text = await request.post(), await _written(request)
    case, expert, desk = await case_of(request), expert_of(request), request.app[DESK]
    client_id = f"desk-{str(form.get('client_id', ''))[:40]}"
    try:
        done = await desk.say(case, expert, client_id, text, await _fence(request))
    except Refused as refused:
        return await _refused(request, refused, text)
    if done == "stopped":
        problem = request.app[TEXTS].say("voice_stopped")
        return await show_case(request, Attempt(problem, text, desk.check(case, text)), 422)
    if done == "not_yours":
        return await show_case(request, Attempt(CHANGED_HANDS, text), 409)
    raise web.HTTPSeeOther(f"/desk/case/{case.id}")


async def ask_review(request: web.Request) -> web.Response:
    """Put a stopped reply before a colleague; it leaves the box and waits."""
    case, expert, text = await case_of(request), expert_of(request), await _written(request)
    fence = await _fence(request)
    try:
        asked = fence in {None, case.fence} and await request.app[DESK].ask_review(
            case, expert, text
        )
    except Refused as refused:
        return await _refused(request, refused, text)
    if not asked:
        return await show_case(request, Attempt(CHANGED_HANDS, text), 409)
    await request.app[DESK_STORE].save_draft(case.id, expert.id, "")
    raise web.HTTPSeeOther(f"/desk/case/{case.id}")


async def _refused(request: web.Request, refused: Refused, text: str) -> web.Response:
    problem = request.app[TEXTS].say(f"refused_{refused.reason}")
    return await show_case(request, Attempt(problem, text), 422)
