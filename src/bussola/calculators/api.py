"""POST /knowledge/calculate: the contract between Rasa's form and the calculators.

It keeps nothing: the caller brings the answers so far and gets the next question.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bussola.calculators.asking import advance, begin
from bussola.calculators.reading import Problem
from bussola.knowledge.service import KnowledgeService


class CalculateRequest(BaseModel):
    """The answers so far; `text` answers `field`. Without `field` the first question comes."""

    model_config = ConfigDict(extra="forbid")

    calculator: str = Field(max_length=60)
    values: dict[str, float | str | None] = Field(default={}, max_length=30)
    field: str | None = Field(default=None, max_length=60)
    text: str = Field(default="", max_length=8000)


class CalculateResponse(BaseModel):
    """`field` is asked next, None when all is known; `problem` says what the text lacked."""

    calculator: str
    values: dict[str, float | str | None]
    field: str | None
    problem: Problem | None


def handler(
    knowledge_key: web.AppKey[KnowledgeService],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The aiohttp handler of the contract."""

    async def post_calculate(request: web.Request) -> web.Response:
        try:
            asked = CalculateRequest.model_validate_json(await request.read())
        except ValidationError as error:
            fields = [".".join(map(str, e["loc"])) for e in error.errors()]
            return web.json_response({"error": "not a calculation", "fields": fields}, status=422)
        calculators = request.app[knowledge_key].snapshot.knowledge.calculators
        card = calculators.get(asked.calculator)
        if card is None:
            return web.json_response({"error": "unknown calculator"}, status=404)
        if asked.field is None:
            step = begin(card, asked.values)
        else:
            step = advance(card, asked.values, asked.field, asked.text)
        answer = CalculateResponse(
            calculator=card.id, values=step.values, problem=step.problem,
            field=step.field.name if step.field else None,
        )  # fmt: skip
        return web.json_response(answer.model_dump())

    return post_calculate
