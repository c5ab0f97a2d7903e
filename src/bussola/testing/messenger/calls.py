"""A call to the Graph API as it came in: version, token and proof checked, parameters in one dict."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bussola.testing.messenger.errors import GraphError, invalid, wrong_token
from bussola.testing.messenger.fake_messenger import FakeMessenger
from bussola.testing.messenger.signing import right_proof

Payload = dict[str, Any]
FAKE: web.AppKey[FakeMessenger] = web.AppKey("fake", FakeMessenger)
Answering = Callable[[FakeMessenger, web.Request, Payload], Awaitable[Payload]]
OLDEST, NEWEST = 21, 26
LAST_DAYS = {21: datetime(2027, 1, 21, tzinfo=UTC), 25: datetime(2028, 7, 29, tzinfo=UTC)}
"""When versions die, from the platform's own table, as far as it was known in November 2026."""


def graph(answering: Answering) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler that answers JSON, GraphError included, after the fake's latency."""

    async def handler(request: web.Request) -> web.StreamResponse:
        fake = request.app[FAKE]
        await asyncio.sleep(fake.latency_ms / 1000)
        try:
            _check_version(request.match_info["version"], fake.now())
            call = await _parameters(request)
            _check_token(fake, request, call)
            return web.json_response(await answering(fake, request, call))
        except GraphError as error:
            fake.refused.append(error)
            return web.json_response(error.body(), status=error.status)

    return handler


def own_page(fake: FakeMessenger, request: web.Request) -> None:
    """GraphError 100/33 unless the path says "me" or the id of the Page."""
    if request.match_info["node"] not in {"me", fake.page_id}:
        raise GraphError(100, "The object does not exist", subcode=33, kind="GraphMethodException")


def _check_version(version: str, now: datetime) -> None:
    number = re.fullmatch(r"v(\d+)\.0", version)
    living = number is not None and OLDEST <= int(number[1]) <= NEWEST
    if number is None or not living:
        raise GraphError(2500, f"Unknown path components: /{version}")
    last_day = LAST_DAYS.get(int(number[1]))
    if last_day and now >= last_day:
        raise GraphError(2635, f"Version {version} is no longer available")


def _check_token(fake: FakeMessenger, request: web.Request, call: Payload) -> None:
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer.strip() if kind in {"Bearer", "OAuth"} else ""
    token = token or str(call.pop("access_token", ""))
    if not token:
        raise GraphError(104, "An access token is required to request this resource", status=401)
    if token != fake.page_token:
        raise wrong_token()
    proof = str(call.pop("appsecret_proof", ""))
    if fake.require_proof and not proof:
        raise GraphError(100, "An appsecret_proof is required", kind="GraphMethodException")
    if proof and not right_proof(token, fake.app_secret, proof):
        raise GraphError(100, "Invalid appsecret_proof", kind="GraphMethodException")


async def _parameters(request: web.Request) -> Payload:
    """Query, then body, which is JSON or a form whose values may be JSON themselves."""
    call: Payload = {name: _value(text) for name, text in request.query.items()}
    if request.content_type == "application/json":
        try:
            content = json.loads(await request.text() or "{}")
        except ValueError:
            raise invalid("The body is not JSON") from None
        if not isinstance(content, dict):
            raise invalid("The body is not an object")
        return call | content
    form = await request.post()
    return call | {name: _value(text) for name, text in form.items() if isinstance(text, str)}


def _value(text: str) -> Any:
    if text[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
