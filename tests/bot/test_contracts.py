"""Both HTTP contracts, from Rasa's side; tests/contracts checks the same files from ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import rasa.shared.utils.io
from loopback import TOKEN, FakeKnowledge, Gateway, a_tracker, recorded, replies_of, serve_sanic
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from actions.ask_knowledge import AskKnowledge
from bot.gateway_channel import GatewayInput

VERDICTS = ("answer", "ask_which", "personal_case", "off_topic", "expert", "dont_know")
SAID_BY_ACTIONS = (*VERDICTS, "calculation_ask", "calculation")
REQUEST = recorded("gateway_request")


def payload_of(kind: str) -> dict[str, Any]:
    (payload,) = [p for p in recorded("payloads") if p["type"] == kind]
    return payload


class RecordedRasa:
    """Answers every message with the payloads it was given."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []
        self.heard: list[UserMessage] = []

    async def turn(self, message: UserMessage) -> None:
        self.heard.append(message)
        for payload in self.payloads:
            await message.output_channel.send_custom_json(message.sender_id, payload)


@pytest.fixture
def rasa_bot() -> RecordedRasa:
    return RecordedRasa()


@pytest.fixture
async def channel(rasa_bot: RecordedRasa, session: aiohttp.ClientSession) -> AsyncIterator[Gateway]:
    app = Sanic("contracts", configure_logging=False)
    app.blueprint(GatewayInput(TOKEN).blueprint(rasa_bot.turn), url_prefix="/webhooks/gateway")
    async with serve_sanic(app) as url:
        yield Gateway(session, url)


async def test_the_action_asks_as_recorded(knowledge: FakeKnowledge) -> None:
    """The recorded request is what the action sends for the recorded message."""
    await replies_of(AskKnowledge(), a_tracker(REQUEST["text"], REQUEST["context"]))
    assert knowledge.questions == [recorded("knowledge_request")]


@pytest.mark.parametrize("verdict", VERDICTS)
async def test_the_action_turns_a_verdict_into_its_payload(
    knowledge: FakeKnowledge, verdict: str
) -> None:
    """Each recorded verdict becomes the recorded payload of its type."""
    knowledge.body = recorded(f"knowledge_{verdict}")
    replies = await replies_of(AskKnowledge(), a_tracker("ciao", {}))
    assert replies == [payload_of(verdict)]


def test_the_domain_sends_the_recorded_payloads() -> None:
    """Every response of domain.yml is recorded, and nothing else besides what actions say."""
    responses = rasa.shared.utils.io.read_yaml_file("domain.yml")["responses"].values()
    sent = [said["custom"] for variants in responses for said in variants]
    fixed = [p for p in recorded("payloads") if p["type"] not in SAID_BY_ACTIONS]
    assert sorted(sent, key=repr) == sorted(fixed, key=repr)


async def test_the_channel_answers_as_recorded(channel: Gateway, rasa_bot: RecordedRasa) -> None:
    """The recorded request with the recorded reply gives the recorded answer."""
    rasa_bot.payloads = [payload_of("answer")]
    assert await channel.post(REQUEST) == recorded("gateway_ok")
    assert channel.status == 200


async def test_the_channel_hears_the_recorded_request(
    channel: Gateway, rasa_bot: RecordedRasa
) -> None:
    """Text, conversation, id and context of the recorded request reach Rasa."""
    rasa_bot.payloads = [payload_of("menu")]
    await channel.post(REQUEST)
    (heard,) = rasa_bot.heard
    assert heard.text == REQUEST["text"]
    assert heard.sender_id == REQUEST["conversation"]
    assert heard.metadata["context"] == REQUEST["context"]


async def test_the_channel_fails_as_recorded(channel: Gateway, rasa_bot: RecordedRasa) -> None:
    """An unavailable knowledge gives the recorded error, as a 502."""
    rasa_bot.payloads = [{"type": "unavailable"}]
    assert await channel.post(REQUEST) == recorded("gateway_error")
    assert channel.status == 502


async def test_the_channel_refuses_as_recorded(channel: Gateway) -> None:
    """A bad body gives the recorded refusal, as a 422."""
    assert await channel.post({**REQUEST, "text": 5}) == recorded("gateway_bad_request")
    assert channel.status == 422


async def test_the_channel_forbids_as_recorded(channel: Gateway) -> None:
    """A wrong token gives the recorded refusal, as a 403."""
    assert await channel.post(REQUEST, "wrong") == recorded("gateway_forbidden")
    assert channel.status == 403


@pytest.mark.parametrize(
    "payload", recorded("payloads"), ids=lambda p: "-".join(map(str, p.values()))[:40]
)
async def test_the_channel_carries_every_payload(
    channel: Gateway, rasa_bot: RecordedRasa, payload: dict[str, Any]
) -> None:
    """No payload is changed on its way through the channel."""
    rasa_bot.payloads = [payload]
    assert (await channel.post(REQUEST))["replies"] == [payload]
