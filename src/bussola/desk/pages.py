"""The experts' pages: the queue, one case, and what can be done with it."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from aiohttp import web
from aiohttp_sse import sse_response

from bussola.conversations.desk_service import Expert
from bussola.conversations.events import Event
from bussola.conversations.message import Refused
from bussola.conversations.ports import Case
from bussola.knowledge.service import KnowledgeService
from bussola.web.keys import (
    BELL,
    CASE_STORE,
    CONVERSATION_STORE,
    DESK,
    KNOWLEDGE,
    SETTINGS,
    SIGNED_IN,
    TEMPLATES,
    TEXTS,
)
from bussola.web.permissions import Routes

REASONS = {
    "asked": "ha chiesto una persona",
    "dont_know": "l'assistente non sapeva",
    "personal_case": "caso personale",
    "technical": "domanda tecnica",
    "not_useful": "risposta non utile",
    "complaint": "si è lamentato",
    "bot_unavailable": "l'assistente non funzionava",
    "details": "voleva più dettagli",
    "off_topic": "altro argomento",
}
CHANNELS = {"webchat": "Chat sul sito", "messenger": "Messenger"}
NAMES = {"citizen": "Cittadino", "bot": "Assistente automatico", "expert": "Esperto",
         "system": "Bussola"}  # fmt: skip
_LOOK_SECONDS = 5.0


def add_routes(routes: Routes) -> None:
    routes.get("/desk", desk, "expert")
    routes.get("/desk/queue", queue, "expert")
    routes.get("/desk/live", live, "expert")
    routes.get("/desk/case/{id:\\d+}", case_page, "expert")
    routes.get("/desk/case/{id:\\d+}/thread", thread, "expert")
    routes.post("/desk/case/{id:\\d+}/take", take, "expert")
    routes.post("/desk/case/{id:\\d+}/reply", reply, "expert")
    routes.post("/desk/case/{id:\\d+}/release", release, "expert")
    routes.post("/desk/case/{id:\\d+}/close", close, "expert")


def _expert(request: web.Request) -> Expert:
    staff = request[SIGNED_IN].staff
    return Expert(staff.id, staff.name, staff.themes)


async def _case(request: web.Request) -> Case:
    case = await request.app[DESK].case(int(request.match_info["id"]), _expert(request))
    if case is None:
        raise web.HTTPNotFound
    return case


def _themes(request: web.Request) -> dict[str | None, str]:
    return {theme.id: theme.label for theme in request.app[KNOWLEDGE].themes()}


async def _queue_values(request: web.Request) -> dict[str, Any]:
    expert = _expert(request)
    cases = await request.app[DESK].queue(expert)
    mine = [c for c in cases if c.owner_id == expert.id]
    waiting = [c for c in cases if c.state == "waiting"]
    others = [c for c in cases if c.state == "taken" and c.owner_id != expert.id]
    closed = await request.app[CASE_STORE].closed(expert.id)
    groups = [
        ("Le tue", mine, "Non hai richieste aperte."),
        ("In attesa", waiting, "Nessuno sta aspettando."),
        ("Dei colleghi", others, "Nessuna."),
        ("Chiuse da te di recente", closed, "Nessuna."),
    ]
    today = request.app[SETTINGS].day()
    return {"groups": groups, "themes": _themes(request), "reasons": REASONS, "today": today}


async def desk(request: web.Request) -> web.Response:
    values = await _queue_values(request)
    return request.app[TEMPLATES].page("desk.html", me=request[SIGNED_IN], **values)


async def queue(request: web.Request) -> web.Response:
    return request.app[TEMPLATES].page("queue.html", **await _queue_values(request))


async def _thread_values(request: web.Request, case: Case) -> dict[str, Any]:
    events = await request.app[CONVERSATION_STORE].events(case.conversation_id, for_desk=True)
    return {"events": events, "names": NAMES}


async def thread(request: web.Request) -> web.Response:
    values = await _thread_values(request, await _case(request))
    return request.app[TEMPLATES].page("thread.html", **values)


async def case_page(request: web.Request) -> web.Response:
    return await _show_case(request)


async def _show_case(
    request: web.Request, problem: str | None = None, draft: str = "", status: int = 200
) -> web.Response:
    case, expert = await _case(request), _expert(request)
    knowledge = request.app[KNOWLEDGE]
    values = await _thread_values(request, case)
    ids = case.nearest or await asyncio.to_thread(_nearest, knowledge, case, values["events"])
    nearest = [a for a in map(knowledge.answer, ids) if a is not None]
    return request.app[TEMPLATES].page(
        "case_desk.html", status, me=request[SIGNED_IN], case=case, problem=problem, draft=draft,
        mine=case.state == "taken" and case.owner_id == expert.id, nearest=nearest,
        client_id=secrets.token_urlsafe(12), themes=_themes(request), reasons=REASONS,
        channels=CHANNELS, **values,
    )  # fmt: skip


def _nearest(knowledge: KnowledgeService, case: Case, events: list[Event]) -> tuple[str, ...]:
    """Entries near the question, or near what the citizen wrote last when there was none."""
    written = [event.text for event in events if event.author == "citizen"]
    text = case.question or (written[-1] if written else "")
    return tuple(entry.id for entry in knowledge.search(text, most=3)) if text else ()


async def _done(request: web.Request, done: bool, problem: str) -> web.Response:
    """Back to the case; when something changed meanwhile, the page says what."""
    if not done:
        return await _show_case(request, problem, status=409)
    raise web.HTTPSeeOther(f"/desk/case/{request.match_info['id']}")


async def take(request: web.Request) -> web.Response:
    done = await request.app[DESK].take(await _case(request), _expert(request))
    return await _done(request, done, "Un collega l'ha presa un attimo prima di te.")


async def release(request: web.Request) -> web.Response:
    done = await request.app[DESK].release(await _case(request), _expert(request))
    return await _done(request, done, "Questa richiesta non è più tua.")


async def close(request: web.Request) -> web.Response:
    done = await request.app[DESK].close(await _case(request), _expert(request))
    return await _done(request, done, "Questa richiesta non è più tua.")


async def reply(request: web.Request) -> web.Response:
    """Send a reply; whatever goes wrong, the written text stays in the form."""
    form = await request.post()
    text, client_id = str(form.get("text", "")), str(form.get("client_id", ""))[:40]
    case, expert = await _case(request), _expert(request)
    try:
        done = await request.app[DESK].say(case, expert, f"desk-{client_id}", text)
    except Refused as refused:
        problem = request.app[TEXTS].say(f"refused_{refused.reason}")
        return await _show_case(request, problem, text, 422)
    if not done:
        return await _show_case(request, "Questa richiesta non è più tua.", text, 409)
    # The page that sees this mark forgets the draft it kept.
    raise web.HTTPSeeOther(f"/desk/case/{case.id}?inviata=1")


async def live(request: web.Request) -> web.StreamResponse:
    """Server-sent events: "look again". The pages fetch what changed by themselves."""
    given = request.headers.get("Last-Event-ID", "")
    number, seen = int(given) if given.isdecimal() else 0, ""
    cases = request.app[CASE_STORE]
    async with sse_response(request) as stream:
        with request.app[BELL].listening("desk") as ear:
            while stream.is_connected():
                await ear.wait(_LOOK_SECONDS)
                # Many bells in a moment are one reason to look.
                await asyncio.sleep(0.2)
                changed = await cases.changed_at()
                if changed != seen:
                    seen, number = changed, number + 1
                    await stream.send("changed", id=str(number), event="desk")
    return stream
