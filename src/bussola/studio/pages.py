"""What a curator needs to know today. Editing is still done in the files of `data/faq`."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bussola.knowledge.checking import Shelf, check
from bussola.storage.insights import Insights
from bussola.web.keys import KNOWLEDGE, SETTINGS, SIGNED_IN, TEMPLATES
from bussola.web.permissions import Routes

INSIGHTS = web.AppKey("insights", Insights)


def add_routes(routes: Routes) -> None:
    routes.get("/studio", studio, "curator")


async def studio(request: web.Request) -> web.Response:
    settings, knowledge = request.app[SETTINGS], request.app[KNOWLEDGE]
    shelf = Shelf(settings.faq, settings.facts)
    problems = await asyncio.to_thread(check, shelf, settings.day())
    return request.app[TEMPLATES].page(
        "studio.html", me=request[SIGNED_IN], problems=problems,
        version=knowledge.snapshot.knowledge.version,
        themes=[(theme, knowledge.entries_of(theme.id)) for theme in knowledge.themes()],
        unanswered=await request.app[INSIGHTS].unanswered(),
        votes=await request.app[INSIGHTS].votes(),
    )  # fmt: skip
