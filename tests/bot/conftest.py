"""Real servers on the loopback interface, and the trained bot behind its real channel."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

for _name, _value in {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "RASA_TELEMETRY_ENABLED": "false",
}.items():
    os.environ.setdefault(_name, _value)

import aiohttp  # noqa: E402
import pytest  # noqa: E402
from loopback import TOKEN, FakeKnowledge, Gateway, serve_sanic  # noqa: E402
from rasa.core.agent import Agent, load_agent  # noqa: E402
from rasa.core.channels.channel import register  # noqa: E402
from rasa.core.utils import AvailableEndpoints  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402
from rasa.utils.log_utils import configure_structlog  # noqa: E402
from rasa_sdk.endpoint import create_app as create_actions  # noqa: E402
from sanic import Sanic  # noqa: E402

from bot.gateway_channel import GatewayInput  # noqa: E402

MODEL = Path(os.environ.get("BUSSOLA_HOME", "var")) / "models" / "bot.tar.gz"


@pytest.fixture(scope="session")
def event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One loop for all tests: the trained bot is loaded once and lives on it."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """The HTTP client of the tests; it never waits for ever."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as client:
        yield client


@pytest.fixture(scope="session")
async def shared_knowledge() -> AsyncIterator[FakeKnowledge]:
    server = FakeKnowledge()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def knowledge(
    shared_knowledge: FakeKnowledge, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeKnowledge]:
    """A knowledge of the test's own, that the actions find by their settings."""
    monkeypatch.setenv("BUSSOLA_KNOWLEDGE_URL", shared_knowledge.url)
    monkeypatch.setenv("BUSSOLA_KNOWLEDGE_TOKEN", TOKEN)
    shared_knowledge.reset()
    return shared_knowledge


@pytest.fixture
def closed_url() -> str:
    """An address where nothing listens."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{door.getsockname()[1]}"


@pytest.fixture(scope="session")
async def agent() -> AsyncIterator[Agent]:
    """The trained bot as `rasa run` loads it, its actions served over HTTP by this process."""
    assert MODEL.exists(), f"train the bot first: {MODEL} is missing"
    configure_structlog(logging.WARNING)
    async with serve_sanic(create_actions("actions")) as url:
        os.environ["BUSSOLA_ACTIONS_URL"] = f"{url}/webhook"
        endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
        yield await load_agent(model_path=str(MODEL), endpoints=endpoints)


@pytest.fixture
def no_actions(agent: Agent, monkeypatch: pytest.MonkeyPatch, closed_url: str) -> None:
    """The action server is down."""
    monkeypatch.setattr(agent.processor, "action_endpoint", EndpointConfig(closed_url))


@pytest.fixture(scope="session")
async def door(agent: Agent) -> AsyncIterator[str]:
    """The address of the real channel with the trained bot behind it."""
    app = Sanic("whole_bot", configure_logging=False)
    app.ctx.agent = agent
    register([GatewayInput(TOKEN)], app, "/webhooks/")
    async with serve_sanic(app) as url:
        yield url


@pytest.fixture
def gateway(session: aiohttp.ClientSession, door: str, knowledge: FakeKnowledge) -> Gateway:
    """What our side does: one message after the other, to the trained bot."""
    return Gateway(session, door)
