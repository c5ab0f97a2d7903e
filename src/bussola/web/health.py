"""Is the service alive, is it ready, how is it doing: for machines that watch it."""

from __future__ import annotations

import asyncio
import time

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from bussola.web.keys import KNOWLEDGE, OUTBOX
from bussola.web.permissions import Handler, Routes

REGISTRY = CollectorRegistry()
_REQUESTS = Counter("bussola_requests", "Requests by route and status", ["route", "status"],
                    registry=REGISTRY)  # fmt: skip
_SECONDS = Histogram("bussola_request_seconds", "Time of a request", ["route"], registry=REGISTRY)
_WAITING = Gauge("bussola_waiting", "Rows that wait", ["where"], registry=REGISTRY)
BOT_READY = web.AppKey("bot_ready", dict[str, bool])
READY = web.AppKey("ready", asyncio.Event)
"""Set once the first index is built."""
_BEFORE_READY = (
    "/health/",
    "/webhooks/",
    "/static/",
    "/metrics",
    "/widget.js",
    "/api/v1/texts",
    "/api/v1/openapi",
)
_MOST_WAIT_SECONDS = 60.0


def add_routes(routes: Routes) -> None:
    routes.get("/health/live", live, "everybody")
    routes.get("/health/ready", ready, "everybody")
    routes.get("/metrics", metrics, "knowledge_client")


@web.middleware
async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts by route pattern, never by path: a path may hold a case code."""
    started = time.perf_counter()
    status = 500
    try:
        response = await handler(request)
    except web.HTTPException as error:
        status = error.status
        raise
    else:
        status = response.status
        return response
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "none"
        _REQUESTS.labels(route, status).inc()
        if not request.path.endswith(("/socket", "/live")):
            _SECONDS.labels(route).observe(time.perf_counter() - started)


@web.middleware
async def once_ready(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Pages wait for the first index instead of building it; messages are taken at once.

    What a citizen sends is stored while the index is being built, and answered after.
    """
    if not request.path.startswith(_BEFORE_READY) and not request.path.endswith("/messages"):
        try:
            await asyncio.wait_for(request.app[READY].wait(), _MOST_WAIT_SECONDS)
        except TimeoutError as error:
            raise web.HTTPServiceUnavailable from error
    return await handler(request)


async def live(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """200 when the whole path works; 503 names the part that does not."""
    parts = {
        "bot": request.app[BOT_READY].get("bot", False),
        "knowledge": request.app[KNOWLEDGE].ready,
        "storage": await _storage_works(request),
    }
    status = 200 if all(parts.values()) else 503
    return web.json_response({"status": "ok" if status == 200 else "not ready", **parts},
                             status=status)  # fmt: skip


async def _storage_works(request: web.Request) -> bool:
    try:
        for where, depth in (await request.app[OUTBOX].depth()).items():
            _WAITING.labels(where).set(depth)
    except Exception:  # noqa: BLE001  whatever the database says, the answer is no
        return False
    return True


async def metrics(request: web.Request) -> web.Response:
    await _storage_works(request)
    return web.Response(
        body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )
