"""The queue of the desk: what comes first and why, what must not be forgotten, what is filtered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bussola.conversations.queueing import forgotten
from bussola.desk import comments, queue_filters
from bussola.desk.queue_filters import ALL, MINE, VIEWS, Filters, read_filters
from bussola.desk.second_look import reviews_waiting
from bussola.desk.signed_in import expert_of
from bussola.desk.standing import Standing, calendars, standings
from bussola.web.keys import CASE_STORE, DESK, KNOWLEDGE, SETTINGS, SIGNED_IN, TEMPLATES, TEXTS
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
_WINDOW = "desk_priority_window"


def add_routes(routes: Routes) -> None:
    routes.get("/desk", desk, "expert")
    routes.get("/desk/queue", queue, "expert")


def themes_of(request: web.Request) -> dict[str | None, str]:
    """What themes are called, by id."""
    return {theme.id: theme.label for theme in request.app[KNOWLEDGE].themes()}


async def desk(request: web.Request) -> web.Response:
    values = await _values(request)
    return request.app[TEMPLATES].page("desk.html", alone=False, **values)


async def queue(request: web.Request) -> web.Response:
    """The queue alone, for a page that refreshes itself; it renews the title of the page too."""
    return request.app[TEMPLATES].page("queue.html", alone=True, **await _values(request))


async def _values(request: web.Request) -> dict[str, Any]:
    expert, chosen = expert_of(request), read_filters(request.query)
    now, titles = datetime.now(UTC), themes_of(request)
    cases = await standings(request, await request.app[DESK].queue(expert), now)
    shown, late = chosen.of(cases, expert.id), _forgotten(request, cases, now)
    remarks = await comments.waiting(request)
    return {
        "me": request[SIGNED_IN], "shown": shown, "chosen": chosen, "all": len(cases),
        "forgotten": late, "band": late if chosen.view == ALL else [],
        "title": f"Richieste ({len(late)} da non dimenticare)" if late else "Richieste",
        "heading": VIEWS[chosen.view][0], "empty": _empty(chosen),
        "filtered": _filtered(chosen, titles), "why": _reasons(request, cases),
        "tabs": queue_filters.tabs(chosen, cases, expert.id),
        "theme_choices": queue_filters.themes(chosen, cases, expert.id, titles),
        "label_choices": queue_filters.labels(chosen, cases, expert.id),
        "closed": await request.app[CASE_STORE].closed(expert.id) if chosen.view == MINE else [],
        "themes": titles, "reasons": REASONS, "channels": CHANNELS,
        "watched": comments.watched(request), "remarks": remarks,
        "reviews_waiting": len(await reviews_waiting(request)),
    }  # fmt: skip


def _forgotten(request: web.Request, cases: list[Standing], now: datetime) -> list[Standing]:
    """What nobody may forget, who has waited longest first; no filter hides it."""
    standing_of = {each.case.id: each for each in cases}
    found = forgotten([each.facts for each in cases], now, calendars(request))
    return [standing_of[facts.id] for facts in found]


def _reasons(request: web.Request, cases: list[Standing]) -> dict[int, str]:
    """Why each case stands where it does, in words."""
    texts, zone = request.app[TEXTS], request.app[SETTINGS].zone

    def said(each: Standing) -> str:
        until = each.facts.expert_until
        if each.reason != _WINDOW or until is None:
            return texts.say(each.reason)
        channel = CHANNELS.get(each.case.channel, each.case.channel)
        return f"{channel} si chiude alle {until.astimezone(zone):%H:%M}"

    return {each.case.id: said(each) for each in cases}


def _empty(chosen: Filters) -> str:
    """What is said in place of an empty queue."""
    if chosen.narrowed:
        return "Nessuna richiesta con questi filtri."
    return VIEWS[chosen.view][1]


def _filtered(chosen: Filters, titles: dict[str | None, str]) -> str:
    """What the filters leave, in words; "" when they leave out nothing."""
    said = []
    if chosen.theme:
        said.append(f"tema «{queue_filters.theme_title(chosen.theme, titles)}»")
    if chosen.label:
        said.append(f"etichetta «{chosen.label}»")
    if chosen.words:
        said.append(f"ricerca «{chosen.words}»")
    return ", ".join(said)
