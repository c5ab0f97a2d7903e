"""Both HTTP contracts, from our side; tests/bot/test_contracts.py checks the same files from Rasa's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bussola import settings
from bussola.bot_client import rasa
from bussola.bot_client.rasa import RasaBot, checked
from bussola.calculators import api as calculators_api
from bussola.conversations.conversation import Context
from bussola.conversations.message import Message
from bussola.conversations.ports import BotUnavailable
from bussola.knowledge import api
from bussola.knowledge.api import MatchRequest, MatchResponse
from bussola.knowledge.loading import load
from bussola.knowledge.ranking import Verdict
from bussola.knowledge.service import Match, Matched

RECORDED = Path(__file__).parents[1] / "recorded" / "contracts"
VERDICTS = get_args(Verdict)
TOKEN = "a-token-of-the-tests-only"
SECRET = "a-secret-of-the-tests-only"


def recorded(name: str) -> Any:
    """A recorded example of one of the two contracts."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


REQUEST = recorded("gateway_request")
MESSAGE = Message(
    "conversation-1", 7, "client-1", REQUEST["text"], None, (), datetime(2026, 11, 22, tzinfo=UTC)
)
CONTEXT = Context.from_dict({**REQUEST["context"], "question": "quanto costa?"})


class FakeKnowledge:
    """Says the recorded verdict, and remembers what it was asked."""

    def __init__(self, verdict: str) -> None:
        said = recorded(f"knowledge_{verdict}")
        said["matches"] = [Match(**item) for item in said["matches"]]
        said["second"] = Match(**said["second"]) if said["second"] else None
        self._said = Matched(**said)
        self.asked: list[tuple[str | None, ...]] = []

    def match(
        self, text: str, theme: str | None, previous_entry: str | None, language: str | None
    ) -> Matched:
        self.asked.append((text, theme, previous_entry, language))
        return self._said


class FakeRasa:
    """A local Rasa that answers well, badly, late or by half."""

    def __init__(self) -> None:
        self.mood = "well"
        self.status = 200
        self.body: Any = recorded("gateway_ok")
        self.heard: list[tuple[str | None, Any]] = []
        self.released = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.heard.append((request.headers.get("Authorization"), await request.json()))
        if self.mood == "hang":
            await self.released.wait()
        if self.mood == "half body":
            return await self._half(request)
        if self.mood == "garbage":
            return web.Response(body=b"\xff{not json", content_type="application/json")
        return web.json_response(self.body, status=self.status)

    async def _half(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = 5000
        await response.prepare(request)
        await response.write(b'{"message_id": "conv')
        assert request.transport is not None
        request.transport.close()
        return response


@pytest.fixture
async def fake_rasa() -> AsyncIterator[tuple[FakeRasa, str]]:
    fake = FakeRasa()
    app = web.Application()
    app.router.add_post("/webhooks/gateway/messages", fake.answer)
    async with TestServer(app) as server:
        yield fake, str(server.make_url("")).rstrip("/")
        fake.released.set()


@pytest.fixture
async def bot(fake_rasa: tuple[FakeRasa, str]) -> AsyncIterator[RasaBot]:
    async with aiohttp.ClientSession() as session:
        yield RasaBot(session, fake_rasa[1], TOKEN, SECRET)


async def ask(fake: FakeKnowledge, body: Any) -> tuple[int, Any]:
    """One request to the real handler over the fake knowledge."""
    key: web.AppKey[Any] = web.AppKey("knowledge", object)
    app = web.Application()
    app[key] = fake
    app.router.add_post("/knowledge/match", api.handler(key))
    async with TestClient(TestServer(app)) as client:
        answer = await client.post("/knowledge/match", json=body)
        return answer.status, await answer.json()


def test_knowledge_reads_the_recorded_request() -> None:
    """What the action sends is a MatchRequest, with no field left over."""
    question = MatchRequest.model_validate(recorded("knowledge_request"))
    assert question.model_dump() == recorded("knowledge_request")


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_is_recorded(verdict: str) -> None:
    """Each verdict has a recorded response that is a MatchResponse to the last field."""
    said = recorded(f"knowledge_{verdict}")
    assert said["verdict"] == verdict
    assert MatchResponse.model_validate(said).model_dump() == said


@pytest.mark.parametrize("verdict", VERDICTS)
async def test_knowledge_answers_as_recorded(verdict: str) -> None:
    """The recorded request gives the recorded response over HTTP."""
    fake = FakeKnowledge(verdict)
    assert await ask(fake, recorded("knowledge_request")) == (200, recorded(f"knowledge_{verdict}"))
    assert fake.asked == [tuple(recorded("knowledge_request").values())]


async def test_knowledge_refuses_as_recorded() -> None:
    """A text that is not one gives the recorded refusal, which quotes nothing."""
    body = {**recorded("knowledge_request"), "text": 5}
    assert await ask(FakeKnowledge("answer"), body) == (422, recorded("knowledge_bad_request"))


class FakeSnapshot:
    """The shipped knowledge, where the handler of calculations looks for it."""

    def __init__(self) -> None:
        self.knowledge = load(settings.load().faq)
        self.snapshot = self


async def calculate(body: Any) -> tuple[int, Any]:
    """One request to the real handler of calculations."""
    key: web.AppKey[Any] = web.AppKey("knowledge", object)
    app = web.Application()
    app[key] = FakeSnapshot()
    app.router.add_post("/knowledge/calculate", calculators_api.handler(key))
    async with TestClient(TestServer(app)) as client:
        answer = await client.post("/knowledge/calculate", json=body)
        return answer.status, await answer.json()


async def test_calculators_answer_as_recorded() -> None:
    """The recorded answer to a field brings the recorded next step."""
    assert await calculate(recorded("calculate_request")) == (200, recorded("calculate_answer"))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"calculator": "nessuno"}, 404), ({"values": 3}, 422), ({"field": ["x"]}, 422),
        ({"text": "x" * 9000}, 422), ({"more": 1}, 422), ({"field": "nessuno"}, 200),
        ({"values": {"hours": "=1+1", "x": None}}, 200),
    ],
)  # fmt: skip
async def test_a_strange_calculation_is_refused_or_asked_again(
    changes: dict[str, Any], status: int
) -> None:
    """Never a 500: what is unknown is left out, what is malformed is named."""
    got, answer = await calculate({**recorded("calculate_request"), **changes})
    assert got == status
    if status == 200:
        assert answer["field"] in {"hours", "weeks"}


async def test_the_gateway_asks_as_recorded(bot: RasaBot, fake_rasa: tuple[FakeRasa, str]) -> None:
    """RasaBot sends the recorded request, with its token."""
    await bot.reply(MESSAGE, CONTEXT)
    assert fake_rasa[0].heard == [(f"Bearer {TOKEN}", REQUEST)]


def test_the_request_does_not_name_the_citizen() -> None:
    """Rasa learns a keyed hash of the conversation."""
    assert MESSAGE.conversation_id not in REQUEST["conversation"]


async def test_the_gateway_reads_the_recorded_answer(bot: RasaBot) -> None:
    """The recorded answer is the replies of this very message."""
    assert await bot.reply(MESSAGE, CONTEXT) == recorded("gateway_ok")["replies"]


@pytest.mark.parametrize("payload", recorded("payloads"), ids=lambda p: p.get("text_id", p["type"]))
def test_every_recorded_payload_is_accepted(payload: dict[str, Any]) -> None:
    """No payload that Rasa's side sends is unknown to ours."""
    answer = {**recorded("gateway_ok"), "replies": [payload]}
    assert checked(answer, REQUEST["message_id"]) == [payload]


@pytest.mark.parametrize(
    ("status", "name"),
    [(502, "gateway_error"), (422, "gateway_bad_request"), (403, "gateway_forbidden")],
)
async def test_every_recorded_error_is_unavailable(
    bot: RasaBot, fake_rasa: tuple[FakeRasa, str], status: int, name: str
) -> None:
    """Whatever the channel refuses, the gateway takes as worth another try."""
    fake_rasa[0].status, fake_rasa[0].body = status, recorded(name)
    with pytest.raises(BotUnavailable):
        await bot.reply(MESSAGE, CONTEXT)


_OK = recorded("gateway_ok")


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        None,
        "ciao",
        recorded("gateway_error"),
        {**_OK, "message_id": "conversation-1:8"},
        {**_OK, "message_id": "conversation-2:7"},
        {**_OK, "status": "error"},
        {**_OK, "replies": []},
        {**_OK, "replies": None},
        {**_OK, "replies": {"type": "menu"}},
        {**_OK, "replies": ["menu"]},
        {**_OK, "replies": [{}]},
        {**_OK, "replies": [{"type": "unavailable"}]},
        {**_OK, "replies": [{"type": "menu"}, {"type": "dance"}]},
    ],
    ids=lambda body: repr(body)[:60],
)
async def test_an_unusual_200_is_unavailable(
    bot: RasaBot, fake_rasa: tuple[FakeRasa, str], body: Any
) -> None:
    """Rasa says 200 and an empty list for every fault: only a full answer to this message counts."""
    fake_rasa[0].body = body
    with pytest.raises(BotUnavailable):
        await bot.reply(MESSAGE, CONTEXT)


async def test_a_500_is_unavailable(bot: RasaBot, fake_rasa: tuple[FakeRasa, str]) -> None:
    """A status of error counts, however good the body looks."""
    fake_rasa[0].status = 500
    with pytest.raises(BotUnavailable):
        await bot.reply(MESSAGE, CONTEXT)


@pytest.mark.parametrize("mood", ["half body", "garbage"])
async def test_a_broken_body_is_unavailable(
    bot: RasaBot, fake_rasa: tuple[FakeRasa, str], mood: str
) -> None:
    """Bytes that are cut, or no JSON, are no answer."""
    fake_rasa[0].mood = mood
    with pytest.raises(BotUnavailable):
        await bot.reply(MESSAGE, CONTEXT)


async def test_a_hanging_rasa_is_unavailable(
    bot: RasaBot, fake_rasa: tuple[FakeRasa, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway gives up by itself, before its lease ends."""
    monkeypatch.setattr(rasa, "ATTEMPT_SECONDS", 0.05)
    fake_rasa[0].mood = "hang"
    with pytest.raises(BotUnavailable):
        await bot.reply(MESSAGE, CONTEXT)
    fake_rasa[0].released.set()


async def test_no_rasa_is_unavailable() -> None:
    """A refused connection is worth another try."""
    async with aiohttp.ClientSession() as session:
        nobody = RasaBot(session, "http://127.0.0.1:1", TOKEN, SECRET)
        with pytest.raises(BotUnavailable):
            await nobody.reply(MESSAGE, CONTEXT)
