"""The page behind a case code: what was said, where the case stands, when an answer can come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from aiohttp import web

from bussola.closed_days import written_days
from bussola.conversations.desk_rules import tidy_case_code
from bussola.conversations.events import Event
from bussola.conversations.expected_words import expected_words
from bussola.conversations.ports import Case
from bussola.conversations.queueing import CaseFacts, expected_time, place
from bussola.desk.standing import calendars, standings
from bussola.knowledge.figures import italian_date
from bussola.web.keys import (
    CASE_STORE,
    CONVERSATION_STORE,
    DESK_FIGURES,
    GUESSES,
    SETTINGS,
    TEMPLATES,
    TEXTS,
)
from bussola.web.permissions import Routes

_STATES = {
    "waiting": "In attesa di un esperto",
    "taken": "Un esperto se ne sta occupando",
    "closed": "Chiusa",
}
_NAMES = {"citizen": "Tu", "expert": "Esperto", "system": "Bussola"}
_RECENT = timedelta(days=60)
"""How far back first answers say something about the next one."""


@dataclass(frozen=True)
class Said:
    """A message of a case; `official` is the mark of a reply, "" for other words."""

    who: str
    text: str
    at: datetime
    official: str = ""


def add_routes(routes: Routes) -> None:
    routes.get("/pratica", case_search, "everybody")
    routes.post("/pratica", case_find, "everybody")
    routes.get("/pratica/{code}", case_page, "everybody")


async def case_search(request: web.Request) -> web.Response:
    return _case_search(request)


async def case_find(request: web.Request) -> web.Response:
    code = tidy_case_code(str((await request.post()).get("code", ""))[:40])
    raise web.HTTPSeeOther(f"/pratica/{quote(code)}" if code else "/pratica")


async def case_page(request: web.Request) -> web.Response:
    """The case behind a code; wrong codes are counted, because the code is the key."""
    guesses, guesser = request.app[GUESSES], f"case:{request.remote}"
    if guesses.exhausted(guesser):
        return _case_search(request, too_many=True)
    case = await request.app[CASE_STORE].case_by_code(tidy_case_code(request.match_info["code"]))
    if case is None:
        guesses.allow(guesser)
        return _case_search(request, missing=True)
    events, now = await request.app[CONVERSATION_STORE].events(case.conversation_id), _now()
    return request.app[TEMPLATES].page(
        "case.html", case=case, state=_STATES[case.state], names=_NAMES, now=now,
        expected=await _expected(request, case, now), messages=case_messages(case, events),
    )  # fmt: skip


def _case_search(
    request: web.Request, missing: bool = False, too_many: bool = False
) -> web.Response:
    status = 429 if too_many else 404 if missing else 200
    return request.app[TEMPLATES].page(
        "case_search.html", status, missing=missing, too_many=too_many
    )


def _now() -> datetime:
    return datetime.now(UTC)


async def _expected(request: web.Request, case: Case, now: datetime) -> str:
    """When the first answer can be expected, and the place in the queue; "" when not awaited."""
    if case.state == "closed":
        return ""
    open_cases = await standings(request, await request.app[CASE_STORE].queue(None), now)
    queue = [each.facts for each in open_cases]
    facts = next((each for each in queue if each.id == case.id), None)
    if facts is None or facts.answered or facts.waits_since is None:
        return ""
    return await _expected_words(request, facts, queue, now)


async def _expected_words(
    request: web.Request, facts: CaseFacts, queue: list[CaseFacts], now: datetime
) -> str:
    figures, calendar = request.app[DESK_FIGURES], calendars(request)(facts.theme)
    answers = await figures.first_answers(facts.theme, now - _RECENT)
    minutes = [calendar.working_minutes_between(opened, said) for opened, said in answers]
    at = place(facts, queue) if facts.state == "waiting" else None
    # Once an expert took the case, no other is before it.
    ahead = queue if at is not None else []
    experts = await figures.experts_on(facts.theme)
    expected = expected_time(facts, ahead, minutes, experts, calendar, now)
    texts, zone = request.app[TEXTS], request.app[SETTINGS].zone
    return expected_words(expected, at, texts, zone, italian_date, written_days)


def case_messages(case: Case, events: list[Event]) -> list[Said]:
    """What belongs to the case: the question, then all that was said while it was open."""
    messages: list[Said] = []
    if case.question:
        messages.append(Said("citizen", case.question, case.opened_at))
    inside = False
    for event in events:
        if event.kind == "handoff":
            inside = event.data.get("case_code") == case.code
        elif inside and event.author in _NAMES and event.text:
            said = Said(event.author, event.text, event.at)
            messages.append(replace(said, official=str(event.data.get("official") or "")))
        if inside and event.kind == "closed":
            break
    return messages
