"""POST /knowledge/match: the contract between Rasa's actions and knowledge."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bussola.knowledge.ranking import Verdict
from bussola.knowledge.service import KnowledgeService, Match

# One thread: the encoder uses the cores by itself, and questions queue fairly.
_thinking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="knowledge")


class MatchRequest(BaseModel):
    """A question, and what was talked about before it."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=8000)
    theme: str | None = Field(default=None, max_length=60)
    previous_entry: str | None = Field(default=None, max_length=60)
    language: str | None = Field(default=None, max_length=8)


class MatchItem(BaseModel):
    """One target; `question` is how a curator asks it."""

    entry_id: str
    theme: str | None
    question: str
    probability: float
    offered: bool


class MatchResponse(BaseModel):
    """The verdict, with the targets it rests on, best first."""

    verdict: Verdict
    probability: float
    matches: list[MatchItem]
    theme: str | None
    language: str
    index_version: str
    second: MatchItem | None = None
    """For the other question of the same message; `offered` when it is not sure."""


async def match(knowledge: KnowledgeService, question: MatchRequest) -> MatchResponse:
    """Match off the event loop, so that a long text delays nobody's socket."""
    work = partial(
        knowledge.match, question.text, question.theme, question.previous_entry, question.language
    )
    found = await asyncio.get_running_loop().run_in_executor(_thinking, work)
    return MatchResponse(
        verdict=found.verdict,
        probability=found.probability,
        matches=[_item(m) for m in found.matches],
        theme=found.theme,
        language=found.language,
        index_version=found.index_version,
        second=_item(found.second) if found.second else None,
    )


def _item(match: Match) -> MatchItem:
    return MatchItem(
        entry_id=match.entry_id, theme=match.theme, question=match.question,
        probability=match.probability, offered=match.offered,
    )  # fmt: skip


def handler(
    knowledge_key: web.AppKey[KnowledgeService],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The aiohttp handler of the contract."""

    async def post_match(request: web.Request) -> web.Response:
        try:
            question = MatchRequest.model_validate_json(await request.read())
        except ValidationError as error:
            fields = [".".join(map(str, e["loc"])) for e in error.errors()]
            return web.json_response({"error": "not a question", "fields": fields}, status=422)
        found = await match(request.app[knowledge_key], question)
        return web.json_response(found.model_dump())

    return post_match
