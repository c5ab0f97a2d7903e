"""Pages around the answers: sheets, calculators and quizzes; all work without JavaScript."""

from __future__ import annotations

from aiohttp import web

from bussola.calculators.asking import answered
from bussola.knowledge.guide import numbered
from bussola.web.keys import GUIDE, KNOWLEDGE, TEMPLATES
from bussola.web.permissions import Routes

_LONGEST_ANSWER = 60


def add_routes(routes: Routes) -> None:
    routes.get("/schede", sheets, "everybody")
    routes.get("/schede/{id}", sheet, "everybody")
    routes.get("/calcolatori", calculators, "everybody")
    routes.get("/calcolatori/{id}", calculator, "everybody")
    routes.post("/calcolatori/{id}", calculate, "everybody")
    routes.get("/quiz", quizzes, "everybody")
    routes.get("/quiz/{id}", quiz, "everybody")


async def sheets(request: web.Request) -> web.Response:
    """All sheets by theme."""
    now = request.app[KNOWLEDGE].snapshot.knowledge
    groups = [
        (theme, [sheet for sheet in now.sheets.values() if sheet.theme == theme.id])
        for theme in now.themes.values()
    ]
    return request.app[TEMPLATES].page("sheets.html", groups=[g for g in groups if g[1]])


async def sheet(request: web.Request) -> web.Response:
    """One sheet, made to be printed on a page."""
    now, guide = request.app[KNOWLEDGE].snapshot.knowledge, request.app[GUIDE]
    found = now.sheets.get(request.match_info["id"])
    if found is None:
        raise web.HTTPNotFound
    tables = {part.table: guide.table(part.table) for part in found.parts if part.table}
    return request.app[TEMPLATES].page(
        "sheet.html", sheet=found, parts=zip(numbered(found), guide.paragraphs(found), strict=True),
        entries=now.entries, tables=tables, calculators=now.calculators,
        current=found.valid.covers(guide.today()),
    )  # fmt: skip


async def calculators(request: web.Request) -> web.Response:
    now = request.app[KNOWLEDGE].snapshot.knowledge
    return request.app[TEMPLATES].page("calculators.html", calculators=now.calculators.values())


async def calculator(request: web.Request) -> web.Response:
    """The empty form."""
    return _calculator(request, {})


async def calculate(request: web.Request) -> web.Response:
    """The result on the same page: pay and taxes are in no address, no history and no log."""
    sent = await request.post()
    return _calculator(
        request, {name: str(value)[:_LONGEST_ANSWER] for name, value in sent.items()}
    )


def _calculator(request: web.Request, typed: dict[str, str]) -> web.Response:
    guide = request.app[GUIDE]
    card = guide.calculator(request.match_info["id"])
    if card is None:
        raise web.HTTPNotFound
    values, problems = answered(card, typed) if typed else ({}, {})
    said = {f.name: guide.problem(f, problems[f.name]) for f in card.fields if f.name in problems}
    result = guide.result(card.id, values) if typed and not said else None
    return request.app[TEMPLATES].page(
        "calculator.html", 422 if said else 200,
        calculator=card, typed=typed, problems=said, result=result,
    )  # fmt: skip


async def quizzes(request: web.Request) -> web.Response:
    now = request.app[KNOWLEDGE].snapshot.knowledge
    return request.app[TEMPLATES].page("quizzes.html", quizzes=now.quizzes.values())


async def quiz(request: web.Request) -> web.Response:
    """The questions, and after they were sent the verdict on each: counted here, kept nowhere."""
    guide = request.app[GUIDE]
    found = request.app[KNOWLEDGE].snapshot.knowledge.quizzes.get(request.match_info["id"])
    if found is None:
        raise web.HTTPNotFound
    questions = [guide.quiz_question(found, n) for n in range(1, len(found.questions) + 1)]
    chosen = {q.number: request.query.get(f"d{q.number}", "") for q in questions}
    right = sum(chosen[q.number] == str(q.right) for q in questions)
    return request.app[TEMPLATES].page(
        "quiz.html", quiz=found, questions=questions, chosen=chosen, right=right,
        checked=any(chosen.values()),
    )  # fmt: skip
