"""Comments that show personal data to everybody: a moderator hides them or leaves them."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bussola.conversations.ports import PublicRemark
from bussola.web.keys import MODERATION, SETTINGS, SIGNED_IN, TEMPLATES
from bussola.web.permissions import Routes

_PAGE = "/desk/commenti"
_DONE = {
    "nascosto": "Commento nascosto: su Facebook lo vedono ancora solo chi lo ha scritto e i suoi "
    "amici.",
    "lasciato": "Il commento resta com'è, e non è più in questo elenco.",
}
_GONE = "Questo commento non è più in elenco: un collega ha già deciso, o chi lo ha scritto lo ha tolto."
_NOT_HIDDEN = (
    "Facebook non ha nascosto il commento. Riprova tra poco, oppure apri il commento e nascondilo "
    "da lì."
)


def add_routes(routes: Routes) -> None:
    routes.get(_PAGE, comments, "expert")
    routes.post(f"{_PAGE}/nascondi", hide, "expert")
    routes.post(f"{_PAGE}/lascia", leave, "expert")


def watched(request: web.Request) -> bool:
    """True when comments under the posts of the page are looked at."""
    page = request.app[SETTINGS].messenger
    return MODERATION in request.app and page is not None and page.comments


async def waiting(request: web.Request) -> Sequence[PublicRemark]:
    """The comments that wait for a decision, oldest first."""
    return await request.app[MODERATION].to_moderate() if MODERATION in request.app else ()


async def comments(request: web.Request) -> web.Response:
    return await _show(request, done=_DONE.get(request.query.get("fatto", ""), ""))


async def _show(
    request: web.Request, done: str = "", problem: str = "", status: int = 200
) -> web.Response:
    return request.app[TEMPLATES].page(
        "comments.html", status, me=request[SIGNED_IN], remarks=await waiting(request),
        watched=watched(request), done=done, problem=problem,
    )  # fmt: skip


async def hide(request: web.Request) -> web.Response:
    comment_id = await _chosen(request)
    if comment_id is None:
        return await _show(request, problem=_GONE, status=409)
    if not await request.app[MODERATION].hide(comment_id):
        return await _show(request, problem=_NOT_HIDDEN, status=409)
    raise web.HTTPSeeOther(f"{_PAGE}?fatto=nascosto")


async def leave(request: web.Request) -> web.Response:
    comment_id = await _chosen(request)
    if comment_id is None:
        return await _show(request, problem=_GONE, status=409)
    await request.app[MODERATION].leave(comment_id)
    raise web.HTTPSeeOther(f"{_PAGE}?fatto=lasciato")


async def _chosen(request: web.Request) -> str | None:
    """The comment of the form; only one that waits, so that no other id ever leaves from here."""
    chosen = str((await request.post()).get("comment_id", ""))
    return next((r.comment_id for r in await waiting(request) if r.comment_id == chosen), None)
