"""What can be done with a case besides answering: take, pass on, note, put on hold, close."""

from __future__ import annotations

from aiohttp import web

from bussola.conversations.desk_service import Expert
from bussola.conversations.message import Refused
from bussola.conversations.ports import Case
from bussola.desk import case_lines
from bussola.desk.case_page import Attempt, case_of, is_theirs, show_case
from bussola.desk.queue_page import themes_of
from bussola.desk.signed_in import expert_of
from bussola.web.keys import (
    BELL,
    CASE_STORE,
    DESK,
    DESK_SETTINGS,
    DESK_STORE,
    TEMPLATES,
    TEXTS,
)
from bussola.web.permissions import Handler, Routes

MOST_REASON = 300
_NOT_YOURS = "Questa richiesta non è più tua."


def add_routes(routes: Routes) -> None:
    """The doors of this room."""
    acts: tuple[tuple[str, Handler], ...] = (
        ("take", take), ("release", release), ("close", close), ("transfer", transfer),
        ("merge", merge), ("reopen", reopen), ("hold", hold), ("note", note), ("labels", labels),
        ("presence", presence),
    )  # fmt: skip
    for name, handler in acts:
        routes.post(f"/desk/case/{{id:\\d+}}/{name}", handler, "expert")
    routes.post("/desk/pausa", pause, "expert")


async def _done(request: web.Request, done: bool, problem: str = _NOT_YOURS) -> web.Response:
    """Back to the case; when something changed meanwhile, the page says what."""
    if not done:
        return await show_case(request, Attempt(problem), status=409)
    case_id = int(request.match_info["id"])
    # Passed to another theme, it may be out of the expert's sight.
    seen = await request.app[DESK].case(case_id, expert_of(request))
    raise web.HTTPSeeOther(f"/desk/case/{case_id}" if seen else "/desk")


async def _field(request: web.Request, name: str, most: int = MOST_REASON) -> str:
    return str((await request.post()).get(name, "")).strip()[:most]


# Whose it is


async def take(request: web.Request) -> web.Response:
    """Take a free case, or step in for a silent owner; not beyond what one person can carry."""
    case, expert = await case_of(request), expert_of(request)
    most = request.app[DESK_SETTINGS].level(case.theme).most_open_cases
    load = (await request.app[DESK_STORE].load()).get(expert.id, 0)
    if load >= most and not is_theirs(case, expert):
        return await _done(request, False, _too_many(load, most))
    done = await request.app[DESK].take(case, expert)
    return await _done(request, done, "Un collega l'ha presa un attimo prima di te.")


def _too_many(load: int, most: int) -> str:
    return (
        f"Hai già {load} richieste aperte, e qui il massimo è {most}: nessuno deve portarne troppe. "
        "Chiudine una o passala a un collega, poi prendi questa."
    )


async def release(request: web.Request) -> web.Response:
    return await _done(
        request, await request.app[DESK].release(await case_of(request), expert_of(request))
    )


async def close(request: web.Request) -> web.Response:
    """Close, and say whether the answer can be used again if the expert did."""
    outcome = await _field(request, "outcome")
    known = outcome if outcome in case_lines.OUTCOMES else None
    done = await request.app[DESK].close(await case_of(request), expert_of(request), known)
    return await _done(request, done)


async def reopen(request: web.Request) -> web.Response:
    done = await request.app[DESK].reopen(await case_of(request), expert_of(request))
    problem = (
        "Questa richiesta non si può riaprire: è già aperta, è stata unita a un'altra, o la stessa "
        "persona ne ha una nuova."
    )
    return await _done(request, done, problem)


async def transfer(request: web.Request) -> web.Response:
    """To ``collega:<id>`` or ``tema:<id>``, with a reason for staff."""
    case, expert = await case_of(request), expert_of(request)
    kind, _, chosen = (await _field(request, "to")).partition(":")
    to, theme = None, None
    if kind == "collega":
        to = await _colleague(request, case, chosen)
    elif kind == "tema" and chosen != case.theme and chosen in themes_of(request):
        theme = chosen
    reason = await _field(request, "reason")
    if to is None and theme is None:
        return await _done(request, False, "Scegli a chi passare la richiesta.")
    if not reason:
        return await _done(request, False, "Scrivi perché la passi: serve a chi la riceve.")
    return await _done(request, await request.app[DESK].transfer(case, expert, to, theme, reason))


async def _colleague(request: web.Request, case: Case, chosen: str) -> Expert | None:
    """The colleague of the form, when they work here and may see the case."""
    me = expert_of(request).id
    for colleague in await request.app[DESK_STORE].experts():
        if str(colleague.id) == chosen and colleague.id != me:
            return colleague if await request.app[DESK].case(case.id, colleague) else None
    return None


async def merge(request: web.Request) -> web.Response:
    """With another open case of the same expert, named by its code."""
    case, expert = await case_of(request), expert_of(request)
    into = await request.app[CASE_STORE].case_by_code(await _field(request, "into"))
    if into is None or into.id == case.id or not is_theirs(into, expert):
        return await _done(request, False, "Scegli un'altra richiesta aperta tua.")
    return await _done(request, await request.app[DESK].merge(case, into, expert))


async def pause(request: web.Request) -> web.Response:
    """All to colleagues who are here, or back to the queue; no reason is asked."""
    here = await request.app[DESK_STORE].experts(here=True)
    await request.app[DESK].pause(expert_of(request), here)
    raise web.HTTPSeeOther("/desk")


# Conduct and notes


async def hold(request: web.Request) -> web.Response:
    """Suspend a thread of insults, or take it up again."""
    case, expert = await case_of(request), expert_of(request)
    held = await _field(request, "held") == "1"
    if not is_theirs(case, expert):
        return await _done(request, False)
    await request.app[DESK].hold(case, expert, held)
    return await _done(request, True)


async def note(request: web.Request) -> web.Response:
    text = str((await request.post()).get("text", ""))
    try:
        await request.app[DESK].note(await case_of(request), expert_of(request), text)
    except Refused as refused:
        problem = request.app[TEXTS].say(f"refused_{refused.reason}")
        return await show_case(request, Attempt(problem, note=text), 422)
    return await _done(request, True)


async def labels(request: web.Request) -> web.Response:
    """Those of the settings that are ticked, and of the old ones those still ticked."""
    case = await case_of(request)
    ticked = {str(value) for value in (await request.post()).getall("label", [])}
    known = dict.fromkeys((*request.app[DESK_SETTINGS].labels, *case.labels))
    chosen = tuple(label for label in known if label in ticked)
    if set(chosen) != set(case.labels):
        await request.app[CASE_STORE].label(case.id, expert_of(request).id, chosen)
        request.app[BELL].ring("desk")
    return await _done(request, True)


async def presence(request: web.Request) -> web.Response:
    """The page is open before somebody: renew their lease, and say who else is there."""
    case, expert, store = await case_of(request), expert_of(request), request.app[DESK_STORE]
    await store.seen(case.id, expert.id, typing=False)
    await request.app[CASE_STORE].keep_lease(case.id, expert.id)
    words = case_lines.present_words(await store.present(case.id), expert.id)
    if words == await _field(request, "shown"):
        # Nothing to swap: a live region would be read aloud again.
        return web.Response(status=204)
    return request.app[TEMPLATES].page("presence.html", present=words)
