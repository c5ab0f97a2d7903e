"""The simulator's server: the Graph API under /{version}, the practice page at /."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import Any

from aiohttp import web

from bussola.testing.messenger.calls import FAKE, graph, own_page
from bussola.testing.messenger.errors import GraphError, invalid, ordered, too_many_calls
from bussola.testing.messenger.fake_messenger import FakeMessenger
from bussola.testing.messenger.practice import add_practice_page
from bussola.testing.messenger.webhook_queue import FIELDS

Payload = dict[str, Any]
_SUCCESS = {"success": True}


def application(fake: FakeMessenger) -> web.Application:
    app = web.Application(client_max_size=2**20)
    app[FAKE] = fake
    add_practice_page(app)
    node = "/{version}/{node}"
    messages = _Messages()
    app.add_routes(
        [
            web.post(f"{node}/messages", messages.handle),
            web.get(f"{node}/subscribed_apps", graph(_subscriptions)),
            web.post(f"{node}/subscribed_apps", graph(_subscribe)),
            web.delete(f"{node}/subscribed_apps", graph(_unsubscribe)),
            web.get(f"{node}/messenger_profile", graph(_profile)),
            web.post(f"{node}/messenger_profile", graph(_change_profile)),
            web.delete(f"{node}/messenger_profile", graph(_drop_from_profile)),
            web.post(f"{node}/comments", graph(_answer_comment)),
            web.get(node, graph(_node)),
            web.post(node, graph(_hide_comment)),
        ]
    )
    return app


class _Rate:
    """At most `most` calls in any second of real time."""

    def __init__(self) -> None:
        self._calls: deque[float] = deque()

    def spend(self, most: int) -> None:
        now = time.monotonic()
        while self._calls and self._calls[0] <= now - 1:
            self._calls.popleft()
        if len(self._calls) >= most:
            raise too_many_calls()
        self._calls.append(now)


class _Messages:
    """/messages: the rates of the Page and the faults that were ordered come before the rest."""

    def __init__(self) -> None:
        self._texts, self._media = _Rate(), _Rate()
        self._handle = graph(self._answer)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._handle(request)
        except _NotJson as answer:
            return web.Response(status=500, text=str(answer), content_type="text/html")
        except _Dropped:
            await asyncio.sleep(request.app[FAKE].hang_seconds)
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)

    async def _answer(self, fake: FakeMessenger, request: web.Request, call: Payload) -> Payload:
        own_page(fake, request)
        if "sender_action" in call:
            return fake.accept(call)
        fault = fake.next_fault()
        match fault:
            case "timeout_before":
                raise _Dropped
            case "timeout_after":
                with suppress(GraphError):
                    fake.accept(call)
                raise _Dropped
            case "500":
                raise _NotJson("<!doctype html><title>Error</title>Something went wrong.")
            case "":
                self._spend(fake, call)
                return fake.accept(call)
        raise ordered(fault)

    def _spend(self, fake: FakeMessenger, call: Payload) -> None:
        message = call.get("message")
        attachment = message.get("attachment") if isinstance(message, dict) else None
        media = isinstance(attachment, dict) and attachment.get("type") != "template"
        if media:
            self._media.spend(fake.media_per_second)
        else:
            self._texts.spend(fake.texts_per_second)


class _Dropped(Exception):
    """The connection ends without an answer."""


class _NotJson(Exception):
    """A gateway in front of the API answers in its place."""


async def _subscriptions(fake: FakeMessenger, request: web.Request, _: Payload) -> Payload:
    own_page(fake, request)
    if not fake.queue.subscribed:
        return {"data": []}
    fields = sorted(fake.queue.fields)
    return {"data": [{"id": fake.app_id, "name": "Bussola", "subscribed_fields": fields}]}


async def _subscribe(fake: FakeMessenger, request: web.Request, call: Payload) -> Payload:
    own_page(fake, request)
    fields = call.get("subscribed_fields")
    names = fields.split(",") if isinstance(fields, str) else fields
    if not isinstance(names, list) or not names:
        raise invalid("Param subscribed_fields is required")
    wanted = {str(name).strip() for name in names}
    if not wanted <= set(FIELDS):
        raise invalid("Param subscribed_fields holds an unknown field")
    fake.queue.fields = wanted
    return _SUCCESS


async def _unsubscribe(fake: FakeMessenger, request: web.Request, _: Payload) -> Payload:
    own_page(fake, request)
    fake.queue.fields = set()
    return _SUCCESS


async def _profile(fake: FakeMessenger, request: web.Request, call: Payload) -> Payload:
    own_page(fake, request)
    names = [name for name in str(call.get("fields", "")).split(",") if name]
    if not names:
        raise invalid("Param fields is required")
    found = {name: fake.profile.values[name] for name in names if name in fake.profile.values}
    return {"data": [found] if found else []}


async def _change_profile(fake: FakeMessenger, request: web.Request, call: Payload) -> Payload:
    own_page(fake, request)
    fake.profile.change(call)
    return {"result": "success"}


async def _drop_from_profile(fake: FakeMessenger, request: web.Request, call: Payload) -> Payload:
    own_page(fake, request)
    fake.profile.drop(call.get("fields"))
    return {"result": "success"}


async def _answer_comment(fake: FakeMessenger, request: web.Request, call: Payload) -> Payload:
    """A public reply. The Page's own comment comes back as a feed event like any other."""
    parent = fake.live_comment(request.match_info["node"])
    text = call.get("message")
    if not isinstance(text, str) or not text.strip():
        raise invalid("Param message must be non-empty")
    comment = fake.new_comment(None, text, parent.post_id, parent.comment_id)
    fake.put_comment(comment, "add", {"id": fake.page_id, "name": "Pagina di prova"})
    return {"id": comment.comment_id}


async def _hide_comment(fake: FakeMessenger, request: web.Request, call: Payload) -> Payload:
    comment = fake.live_comment(request.match_info["node"])
    hidden = str(call.get("is_hidden", "")).lower()
    if hidden not in {"true", "false"}:
        raise invalid("Param is_hidden must be true or false")
    comment.hidden = hidden == "true"
    return _SUCCESS


async def _node(fake: FakeMessenger, request: web.Request, _: Payload) -> Payload:
    """The Page itself; profiles of citizens are refused, as without the permission for them."""
    if request.match_info["node"] in fake.people:
        raise GraphError(230, "Insufficient permission to access this profile", status=403)
    own_page(fake, request)
    return {"id": fake.page_id, "name": "Pagina di prova"}
