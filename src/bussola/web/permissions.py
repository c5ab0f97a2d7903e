"""Every route says who may use it; what says nothing is closed to all."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Literal
from urllib.parse import quote, urlsplit

from aiohttp import hdrs, web

from bussola.storage.staff_store import SignedIn
from bussola.web.keys import SETTINGS, SIGNED_IN, STAFF

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Audience = Literal["everybody", "knowledge_client", "staff", "expert", "curator"]
COOKIE = "bussola_staff"
_ROLES: dict[str, frozenset[str]] = {
    "staff": frozenset({"expert", "curator", "admin"}),
    "expert": frozenset({"expert", "admin"}),
    "curator": frozenset({"curator", "admin"}),
}
RULES = web.AppKey("rules", dict[web.AbstractRoute, Audience])


class Routes:
    """Adds routes with their audience; the only way a room opens a door."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        if RULES not in app:
            app[RULES] = {}

    def get(self, path: str, handler: Handler, audience: Audience) -> None:
        self._add("GET", path, handler, audience)

    def post(self, path: str, handler: Handler, audience: Audience) -> None:
        self._add("POST", path, handler, audience)

    def options(self, path: str, handler: Handler, audience: Audience) -> None:
        self._add("OPTIONS", path, handler, audience)

    def _add(self, method: str, path: str, handler: Handler, audience: Audience) -> None:
        self._app[RULES][self._app.router.add_route(method, path, handler)] = audience


@web.middleware
async def allow(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Default-deny: checks the audience of the route, and the origin of what staff change."""
    if isinstance(request.match_info, web.UrlMappingMatchInfo):
        audience = request.app[RULES].get(request.match_info.route)
        if audience is None and not _is_static(request):
            raise web.HTTPForbidden
        if audience == "knowledge_client":
            _check_token(request)
        elif audience in _ROLES:
            await _check_staff(request, _ROLES[audience])
    return await handler(request)


def _is_static(request: web.Request) -> bool:
    resource = request.match_info.route.resource
    return isinstance(resource, web.StaticResource)


def _check_token(request: web.Request) -> None:
    expected = f"Bearer {request.app[SETTINGS].knowledge_token}"
    given = request.headers.get(hdrs.AUTHORIZATION, "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise web.HTTPUnauthorized


async def _check_staff(request: web.Request, roles: frozenset[str]) -> None:
    token = request.cookies.get(COOKIE)
    by_itself = request.method == "GET" and "HX-Request" in request.headers
    staff = request.app[STAFF]
    signed_in = await staff.signed_in(token, active=not by_itself) if token else None
    if signed_in is None:
        if request.headers.get("HX-Request"):
            # htmx follows no redirect with a fragment in it: tell the page to go by itself.
            raise web.HTTPUnauthorized(headers={"HX-Redirect": "/accesso"})
        # A form cannot be sent again by a sign-in: back to the page it was on.
        page = request.path if request.method == "GET" else request.path.rpartition("/")[0]
        raise web.HTTPFound(f"/accesso?next={quote(page)}")
    if signed_in.staff.role not in roles:
        raise web.HTTPForbidden
    request[SIGNED_IN] = signed_in
    if request.method not in {"GET", "HEAD"}:
        await _check_csrf(request, signed_in)


async def _check_csrf(request: web.Request, signed_in: SignedIn) -> None:
    if not same_origin(request):
        raise web.HTTPForbidden
    given = request.headers.get("X-CSRF-Token") or str((await request.post()).get("csrf", ""))
    if not hmac.compare_digest(given.encode(), signed_in.csrf.encode()):
        raise web.HTTPForbidden


def same_origin(request: web.Request) -> bool:
    """True when the browser says the request comes from our own pages, or says nothing."""
    origin = request.headers.get(hdrs.ORIGIN)
    return origin is None or _is_ours(origin, request)


def _is_ours(origin: str, request: web.Request) -> bool:
    parts = urlsplit(origin)
    return origin == request.app[SETTINGS].public_url or (
        parts.scheme in {"http", "https"} and parts.netloc == request.host
    )


def may_embed(request: web.Request) -> bool:
    """True when `Origin` is ours or on the exact list of sites that embed the chat."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return True
    return _is_ours(origin, request) or origin in request.app[SETTINGS].allowed_origins
