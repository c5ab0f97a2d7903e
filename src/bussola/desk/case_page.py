"""The page of one case: what was said, what an expert is writing, and what stands around it."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bussola.conversations.desk_service import Checked, Expert
from bussola.conversations.events import Event
from bussola.conversations.ports import Case, Review
from bussola.desk import case_lines
from bussola.desk.deadlines import deadline_of, why_not
from bussola.desk.queue_page import CHANNELS, REASONS, themes_of
from bussola.desk.second_look import reviews_waiting
from bussola.desk.signed_in import expert_of
from bussola.desk.thread import thread_lines
from bussola.knowledge.service import KnowledgeService
from bussola.web.keys import (
    CASE_STORE,
    CONVERSATION_STORE,
    DESK,
    DESK_SETTINGS,
    DESK_STORE,
    GUARD_WORDS,
    KNOWLEDGE,
    OUTBOX,
    SIGNED_IN,
    TEMPLATES,
    TEXTS,
)
from bussola.web.permissions import Routes


@dataclass(frozen=True)
class Attempt:
    """What somebody tried on the page and why it did not work; nothing written is lost.

    `text` is a reply, None when it was not about one; `note` a word for colleagues.
    """

    problem: str = ""
    text: str | None = None
    checked: Checked | None = None
    note: str = ""


def add_routes(routes: Routes) -> None:
    routes.get("/desk/case/{id:\\d+}", case_page, "expert")
    routes.get("/desk/case/{id:\\d+}/thread", thread, "expert")
    routes.get("/desk/case/{id:\\d+}/reach", reach, "expert")
    routes.get("/desk/case/{id:\\d+}/review", review_note, "expert")


async def case_of(request: web.Request) -> Case:
    """The case of the address. Raises HTTPNotFound when the expert may not see it."""
    case = await request.app[DESK].case(int(request.match_info["id"]), expert_of(request))
    if case is None:
        raise web.HTTPNotFound
    return case


def is_theirs(case: Case, expert: Expert) -> bool:
    """Whether the expert has the word in this case now."""
    return case.state == "taken" and case.owner_id == expert.id


async def case_page(request: web.Request) -> web.Response:
    return await show_case(request)


async def thread(request: web.Request) -> web.Response:
    case = await case_of(request)
    values = await _thread_values(request, case, await _events(request, case))
    return request.app[TEMPLATES].page("thread.html", **values)


async def reach(request: web.Request) -> web.Response:
    """Until when the expert can answer; the page asks again, because time passes by itself."""
    values = await _reach_values(request, await case_of(request))
    return request.app[TEMPLATES].page("reach.html", **values)


async def review_note(request: web.Request) -> web.Response:
    """What became of the reply that a colleague was asked to read."""
    case = await case_of(request)
    review = await _own_review(request, case)
    return request.app[TEMPLATES].page("review_note.html", review=review)


async def show_case(
    request: web.Request, attempt: Attempt | None = None, status: int = 200
) -> web.Response:
    """The whole page, with what went wrong in `attempt`."""
    case, attempt = await case_of(request), attempt or Attempt()
    events = await _events(request, case)
    return request.app[TEMPLATES].page(
        "case_desk.html", status, me=request[SIGNED_IN], themes=themes_of(request),
        reasons=REASONS, nearest=await _nearest_entries(request, case, events),
        client_id=secrets.token_urlsafe(12), problem=attempt.problem, note=attempt.note,
        reviews_waiting=len(await reviews_waiting(request)),
        **await _answer_values(request, case, events, attempt),
        **await _reach_values(request, case), **await _thread_values(request, case, events),
        **await _surroundings(request, case),
    )  # fmt: skip


async def _answer_values(
    request: web.Request, case: Case, events: list[Event], attempt: Attempt
) -> dict[str, Any]:
    expert, now = expert_of(request), datetime.now(UTC)
    review = await _own_review(request, case)
    written = attempt.text
    if written is None:
        written = await _begun(request, case, events, review)
    checked = attempt.checked
    return {
        "mine": is_theirs(case, expert),
        "silent": case.state == "taken" and case.lease_until is not None and case.lease_until < now,
        "draft": written, "review": review, "unsent": attempt.text,
        "found": case_lines.found_lines(checked, request.app[TEXTS]) if checked else [],
        "stopped": checked is not None and checked.stopped, "not_theirs": False,
    }  # fmt: skip


async def _own_review(request: web.Request, case: Case) -> Review | None:
    """The expert's last reply that a colleague was asked to read, while it still matters."""
    mine = [review for review in await request.app[DESK_STORE].reviews(case.id)
            if review.author_id == request[SIGNED_IN].staff.id]  # fmt: skip
    if not mine or mine[-1].state == "approved" or case.state == "closed":
        return None
    answered = case.last_expert_at is not None and case.last_expert_at > mine[-1].at
    return None if answered and mine[-1].state == "returned" else mine[-1]


async def _begun(
    request: web.Request, case: Case, events: list[Event], review: Review | None
) -> str:
    """What the expert had begun to write, or the reply that came back to be corrected."""
    kept = await request.app[DESK_STORE].draft(case.id, request[SIGNED_IN].staff.id)
    sent = next((e.text for e in reversed(events) if e.author == "expert"), "")
    # A check that was under way when the reply left may have kept its words once more.
    if kept.split() != sent.split():
        return kept
    return review.text if review is not None and review.state == "returned" else ""


async def _events(request: web.Request, case: Case) -> list[Event]:
    return await request.app[CONVERSATION_STORE].events(case.conversation_id, for_desk=True)


async def _thread_values(request: web.Request, case: Case, events: list[Event]) -> dict[str, Any]:
    undelivered = await request.app[OUTBOX].undelivered(case.conversation_id)
    rude = case_lines.rude(events, request.app[GUARD_WORDS])
    lines = thread_lines(events, undelivered, request.app[TEXTS])
    return {"lines": lines, "rude": rude, "blurred": rude.insults if rude.many else frozenset()}


async def _reach_values(request: web.Request, case: Case) -> dict[str, Any]:
    found = await deadline_of(request, case)
    why = why_not(found.problem, request.app[TEXTS]) if found and found.problem else ""
    return {"case": case, "channels": CHANNELS, "deadline": found, "why": why}


async def _surroundings(request: web.Request, case: Case) -> dict[str, Any]:
    """Notes, labels, history, who else is here, and to whom the case can be passed."""
    store, expert = request.app[DESK_STORE], expert_of(request)
    acts = await store.history(case.id)
    colleagues = [c for c in await store.experts() if c.id != expert.id and _may_see(case, c)]
    own = [c for c in await request.app[CASE_STORE].queue(None)
           if c.owner_id == expert.id and c.id != case.id]  # fmt: skip
    labels = dict.fromkeys((*request.app[DESK_SETTINGS].labels, *case.labels))
    return {
        "notes": [act for act in acts if act.act == "note"], "labels": list(labels),
        "history": case_lines.history_lines(acts, themes_of(request)),
        "present": case_lines.present_words(await store.present(case.id), expert.id),
        "colleagues": colleagues, "own_cases": own, "outcomes": case_lines.OUTCOMES,
    }  # fmt: skip


def _may_see(case: Case, expert: Expert) -> bool:
    return expert.themes is None or case.theme is None or case.theme in expert.themes


async def _nearest_entries(request: web.Request, case: Case, events: list[Event]) -> list[Any]:
    knowledge = request.app[KNOWLEDGE]
    ids = case.nearest or await asyncio.to_thread(_nearest, knowledge, case, events)
    return [entry for entry in map(knowledge.answer, ids) if entry is not None]


def _nearest(knowledge: KnowledgeService, case: Case, events: list[Event]) -> tuple[str, ...]:
    """Entries near the question, or near what the citizen wrote last when there was none."""
    written = [event.text for event in events if event.author == "citizen" and event.text]
    text = case.question or (written[-1] if written else "")
    return tuple(entry.id for entry in knowledge.search(text, most=3)) if text else ()
