"""The doors of the web chat."""

from __future__ import annotations

from aiohttp import web

from bussola.channels.webchat import http, openapi, socket
from bussola.web.keys import TEXTS
from bussola.web.permissions import Routes, may_embed


def add_routes(routes: Routes) -> None:
    routes.post("/api/v1/conversations", http.start, "everybody")
    routes.post("/api/v1/conversations/{id}/messages", http.post_message, "everybody")
    routes.get("/api/v1/conversations/{id}/events", http.get_events, "everybody")
    routes.get("/api/v1/socket", socket.chat, "everybody")
    routes.get("/api/v1/texts", widget_texts, "everybody")
    routes.get("/api/v1/openapi.json", openapi.document, "everybody")
    routes.options("/api/v1/{rest:.*}", preflight, "everybody")


async def widget_texts(request: web.Request) -> web.Response:
    """The chat window's own words, from the one catalogue."""
    texts = request.app[TEXTS]
    own = {key: texts.say(key) for key in sorted(texts.keys()) if key.startswith("widget_")}
    return web.json_response(own, headers={"Cache-Control": "max-age=300"})


async def preflight(request: web.Request) -> web.Response:
    """A page of an embedding site asks before it sends; only listed sites hear yes."""
    if not may_embed(request):
        raise web.HTTPForbidden
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "600",
    }
    return web.Response(status=204, headers=allowed)
