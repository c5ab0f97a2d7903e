"""Fakes and servers for the tests of Rasa's side. Everything listens on 127.0.0.1 only."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sanic import Sanic

TOKEN = "a-token-of-the-tests-only"
Sanic.test_mode = True  # more than one app in a process
RECORDED = Path("tests/recorded/contracts")


def recorded(name: str) -> Any:
    """A recorded example of one of the two HTTP contracts."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


@asynccontextmanager
async def serve_sanic(app: Sanic) -> AsyncIterator[str]:
    """A real Sanic server on a free port; gives its address."""
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=door, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.start_serving()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


class FakeKnowledge:
    """A local /knowledge/match that answers well, badly, late or not at all."""

    def __init__(self) -> None:
        self.url = ""
        self.reset()

    def reset(self) -> None:
        self.questions: list[dict[str, Any]] = []
        self.mood = "well"
        self.body: Any = recorded("knowledge_answer")
        self.steps: list[dict[str, Any]] = []
        self.calculations: list[dict[str, Any]] = []

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/knowledge/match", self._match)
        app.router.add_post("/knowledge/calculate", self._calculate)
        self._released = asyncio.Event()
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        self._released.set()
        await self._runner.cleanup()

    async def _match(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "forbidden"}, status=401)
        self.questions.append(await request.json())
        if self.mood == "hang":
            await self._released.wait()
        if self.mood == "half body":
            return await self._half(request)
        if isinstance(self.mood, int):
            return web.json_response({"error": "no"}, status=self.mood)
        if self.mood == "garbage":
            return web.Response(body=b"\xff\xfe{not json", content_type="application/json")
        if self.mood == "html":
            return web.Response(text="<h1>hello</h1>", content_type="text/html")
        return web.json_response(self.body)

    async def _calculate(self, request: web.Request) -> web.StreamResponse:
        """The next of `steps`, whatever was asked."""
        self.calculations.append(await request.json())
        if isinstance(self.mood, int):
            return web.json_response({"error": "no"}, status=self.mood)
        return web.json_response(self.steps.pop(0))

    async def _half(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = 5000
        await response.prepare(request)
        await response.write(b'{"verdict": "ans')
        assert request.transport is not None
        request.transport.close()
        return response


class Gateway:
    """Speaks the contract of the gateway with the channel."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, f"{url}/webhooks/gateway/messages"
        self._numbers = itertools.count(1)
        self.status = 0

    async def post(self, body: Any, token: str | None = TOKEN) -> Any:
        """One request; the answer's JSON, with its HTTP status kept in `status`."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        async with self._session.post(self._url, json=body, headers=headers) as answer:
            self.status = answer.status
            return await answer.json(content_type=None)

    async def say(
        self, text: str, awaiting: str = "nothing", conversation: str = "one", **changes: Any
    ) -> list[dict[str, Any]]:
        """What the bot replies to a citizen's words; the turn must go well."""
        answer = await self.post(a_message(self.next_id(), conversation, text, awaiting, **changes))
        assert self.status == 200, answer
        replies: list[dict[str, Any]] = answer["replies"]
        return replies

    def next_id(self) -> str:
        return f"message:{next(self._numbers)}"


def a_message(
    message_id: str, conversation: str, text: str, awaiting: str = "nothing", **changes: Any
) -> dict[str, Any]:
    """A well-formed request body, with `changes` on top."""
    context = {"theme": None, "previous_entry": None, "awaiting": awaiting, "language": "it"}
    body = {"message_id": message_id, "conversation": conversation, "text": text}
    return {**body, "context": context, **changes}


def a_tracker(text: str, context: dict[str, Any]) -> Tracker:
    """A tracker as Rasa sends it to its action server, with one message."""
    latest = {"text": text, "metadata": {"context": context}}
    return Tracker("one", {}, latest, [], False, None, {}, "action_listen")


async def replies_of(action: Any, tracker: Tracker) -> list[dict[str, Any]]:
    """The custom payloads an action utters."""
    dispatcher = CollectingDispatcher()
    assert await action.run(dispatcher, tracker, {}) == []
    return [message["custom"] for message in dispatcher.messages]
