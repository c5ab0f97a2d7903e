"""Pages for everybody; all but the chat work without JavaScript."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bussola.knowledge.answers import stale_text
from bussola.knowledge.companions import Notice
from bussola.knowledge.entry import Entry
from bussola.knowledge.languages import ITALIAN, LANGUAGES
from bussola.site import case_page, guide_pages, verification
from bussola.web.keys import (
    GUIDE,
    KNOWLEDGE,
    SETTINGS,
    TEMPLATES,
    TEXTS,
)
from bussola.web.permissions import Routes

_QUESTIONS_ON_CARD = 5


def add_routes(routes: Routes) -> None:
    routes.get("/", home, "everybody")
    routes.get("/domande", questions, "everybody")
    routes.get("/domande/{id}", question, "everybody")
    guide_pages.add_routes(routes)
    verification.add_routes(routes)
    case_page.add_routes(routes)
    routes.get("/come-funziona", how_it_works, "everybody")
    routes.get("/privacy", privacy, "everybody")
    routes.get("/widget.js", widget, "everybody")


async def home(request: web.Request) -> web.Response:
    knowledge = request.app[KNOWLEDGE]
    themes = [
        (theme, knowledge.entries_of(theme.id)[:_QUESTIONS_ON_CARD])
        for theme in knowledge.themes()
        if not theme.hidden
    ]
    notices = _notices(request, None)
    return request.app[TEMPLATES].page("home.html", themes=themes, notices=notices)


def _notices(request: web.Request, theme: str | None) -> list[tuple[Notice, str]]:
    """Notices that hold today, with their figures in place."""
    guide = request.app[GUIDE]
    return [(notice, guide.notice_text(notice)) for notice in guide.current_notices(theme)]


async def questions(request: web.Request) -> web.Response:
    """All questions by theme, or those nearest to what was searched."""
    knowledge = request.app[KNOWLEDGE]
    query = request.query.get("q", "").strip()[:300]
    theme_id = request.query.get("tema")
    groups: list[tuple[str, list[Entry]]]
    if query:
        groups = [("Le domande più vicine", await asyncio.to_thread(knowledge.search, query))]
    else:
        groups = [
            (theme.label, knowledge.entries_of(theme.id))
            for theme in knowledge.themes()
            if theme_id in (None, theme.id)
        ]
    notices = _notices(request, theme_id) if theme_id else []
    return request.app[TEMPLATES].page(
        "questions.html", groups=groups, query=query, notices=notices
    )


async def question(request: web.Request) -> web.Response:
    """One answer with all that belongs to it; `lingua` asks for an approved translation."""
    knowledge, guide = request.app[KNOWLEDGE], request.app[GUIDE]
    answer = knowledge.answer(request.match_info["id"], request.query.get("lingua", ITALIAN))
    if answer is None:
        raise web.HTTPNotFound
    now = knowledge.snapshot.knowledge
    entry, offers = now.entries[answer.entry_id], guide.offers(answer.entry_id)
    tables = [guide.table(identity) for kind, identity, _ in offers if kind == "table"]
    return request.app[TEMPLATES].page(
        "question.html", answer=answer, owner=entry.review.owner,
        stale_text=stale_text(request.app[TEXTS], answer.language), languages=_languages(entry),
        tables=tables,
        calculators=[(i, title) for kind, i, title in offers if kind == "calculate"],
        sheets=[(i, title) for kind, i, title in offers if kind == "sheet"],
    )  # fmt: skip


def _languages(entry: Entry) -> list[tuple[str, str]]:
    """The languages an entry can be read in: code and own name."""
    approved = [
        (code, LANGUAGES[code])
        for code, translation in entry.translations.items()
        if translation.status == "approved"
    ]
    return [(ITALIAN, "Italiano"), *approved]


async def how_it_works(request: web.Request) -> web.Response:
    now, settings = request.app[KNOWLEDGE].snapshot.knowledge, request.app[SETTINGS]
    return request.app[TEMPLATES].page(
        "how.html", entries=len(now.entries), version=now.version,
        themes=sum(not theme.hidden for theme in now.themes.values()),
        opens=f"{settings.opens:%H:%M}", closes=f"{settings.closes:%H:%M}",
        messenger=settings.messenger is not None,
    )  # fmt: skip


async def privacy(request: web.Request) -> web.Response:
    return request.app[TEMPLATES].page("privacy.html")


async def widget(request: web.Request) -> web.FileResponse:
    return web.FileResponse(
        request.app[SETTINGS].static / "widget.js", headers={"Cache-Control": "max-age=300"}
    )
