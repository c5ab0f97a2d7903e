"""A second pair of eyes: replies that were stopped, and what a colleague decides on them."""

from __future__ import annotations

from aiohttp import web

from bussola.conversations.ports import Case, Review
from bussola.desk.case_lines import STOP_KINDS
from bussola.desk.second_look import reviews_waiting
from bussola.desk.signed_in import expert_of
from bussola.web.keys import DESK, SIGNED_IN, TEMPLATES
from bussola.web.permissions import Routes

_PAGE = "/desk/revisioni"
MOST_WORD = 500
_DONE = {
    "inviata": "La risposta è partita a nome di chi l'ha scritta.",
    "rimandata": "La risposta è tornata a chi l'ha scritta, con le tue parole.",
}
_GONE = (
    "Questa risposta non aspetta più: un collega ha già deciso, o chi l'ha scritta l'ha cambiata."
)
_OWN = "Questa risposta è tua: deve leggerla un'altra persona."
_LOST = (
    "La risposta non è partita: chi l'ha scritta non segue più la richiesta. Puoi rimandarla "
    "indietro."
)
_WORDLESS = "Scrivi due parole: chi ha scritto la risposta deve sapere che cosa correggere."


def add_routes(routes: Routes) -> None:
    routes.get(_PAGE, reviews, "expert")
    routes.post(f"{_PAGE}/{{id:\\d+}}/invia", approve, "expert")
    routes.post(f"{_PAGE}/{{id:\\d+}}/rimanda", give_back, "expert")


async def reviews(request: web.Request) -> web.Response:
    return await _show(request, done=_DONE.get(request.query.get("fatto", ""), ""))


async def _show(
    request: web.Request, done: str = "", problem: str = "", status: int = 200
) -> web.Response:
    return request.app[TEMPLATES].page(
        "reviews.html", status, me=request[SIGNED_IN], found=await reviews_waiting(request),
        kinds=STOP_KINDS, done=done, problem=problem,
    )  # fmt: skip


async def approve(request: web.Request) -> web.Response:
    """Let the reply go in its author's name, while the case is still theirs."""
    review, case = await _chosen(request)
    if review is None or case is None:
        return await _show(request, problem=_GONE, status=409)
    if review.author_id == request[SIGNED_IN].staff.id:
        return await _show(request, problem=_OWN, status=409)
    if case.state != "taken" or case.owner_id != review.author_id:
        return await _show(request, problem=_LOST, status=409)
    if not await request.app[DESK].decide_review(case, review.id, expert_of(request), True, ""):
        return await _show(request, problem=_GONE, status=409)
    raise web.HTTPSeeOther(f"{_PAGE}?fatto=inviata")


async def give_back(request: web.Request) -> web.Response:
    """Return the reply with a word for its author."""
    review, case = await _chosen(request)
    word = str((await request.post()).get("word", "")).strip()[:MOST_WORD]
    if review is None or case is None:
        return await _show(request, problem=_GONE, status=409)
    if review.author_id == request[SIGNED_IN].staff.id:
        return await _show(request, problem=_OWN, status=409)
    if not word:
        return await _show(request, problem=_WORDLESS, status=422)
    if not await request.app[DESK].decide_review(case, review.id, expert_of(request), False, word):
        return await _show(request, problem=_GONE, status=409)
    raise web.HTTPSeeOther(f"{_PAGE}?fatto=rimandata")


async def _chosen(request: web.Request) -> tuple[Review | None, Case | None]:
    """The reply of the address, if it still waits and the expert may see its case."""
    wanted = int(request.match_info["id"])
    waiting = await reviews_waiting(request)
    return next(((r, case) for r, case in waiting if r.id == wanted), (None, None))
