"""A page on Messenger around the real application: the simulator outside, a scripted bot inside."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from bussola import settings
from bussola.bootstrap import create_app
from bussola.conversations.conversation import Context
from bussola.conversations.events import Event
from bussola.conversations.message import Message
from bussola.knowledge.service import KnowledgeService
from bussola.settings import MessengerSettings
from bussola.stack import free_port
from bussola.testing import FakeBot
from bussola.testing.messenger import FakeMessenger, Person
from bussola.web.health import READY
from bussola.web.keys import CONVERSATION_STORE

SECRETS = {name: secrets.token_hex(16) for name in ("app_secret", "page_token", "verify_token")}


@dataclass
class Page:
    """Both sides: `fake` is the platform, `client` speaks to our application."""

    fake: FakeMessenger
    client: TestClient[Any, Any]
    bot: FakeBot
    channel: MessengerSettings
    anna: Person

    async def hears(self, words: str, seconds: float = 30.0) -> str:
        """Wait until Anna is told something with `words` in it; the whole bubble."""
        await self.fake.until(lambda: self._told(words), seconds)
        return self._told(words)[-1]

    def _told(self, words: str) -> list[str]:
        return [text for text in self.anna.said_to_them() if words in text]

    async def events(self, for_desk: bool = True) -> list[Event]:
        """Anna's conversation as we keep it."""
        store = self.client.app[CONVERSATION_STORE]
        return await store.events(self.conversation_id, for_desk=for_desk)

    @property
    def conversation_id(self) -> str:
        from bussola.channels.messenger.webhook import RECEIVER

        return self.client.app[RECEIVER].conversation_of(self.anna.psid)


def echoing(message: Message, _context: Context) -> list[dict[str, Any]]:
    """A bot that answers everything with the same curated entry."""
    return [{"type": "answer", "entry_id": "laurea-che-cose", "probability": 0.9}]


@asynccontextmanager
async def open_page(
    folder: Path, knowledge: KnowledgeService, bot: FakeBot | None = None, **changes: Any
) -> AsyncIterator[Page]:
    """The application on a free port, and a simulator that knows it."""
    port, graph_port = free_port(), free_port()
    channel = MessengerSettings(
        simulated=True, page_id="100000000000001", app_id="200000000000002",
        graph_url=f"http://127.0.0.1:{graph_port}", graph_version="v26.0", human_agent=True,
        comments=True, silence_hours=12.0, **SECRETS,
    )  # fmt: skip
    token = secrets.token_urlsafe(24)
    here = replace(
        settings.load(), home=folder, database_url=f"sqlite:///{folder}/t.db", bot_token=token,
        knowledge_token=token, secret="s" * 24, port=port,
        messenger=replace(channel, **changes),
    )  # fmt: skip
    bot = bot or FakeBot(echoing)
    fake = FakeMessenger(
        channel.app_id, channel.app_secret, channel.page_id, channel.page_token,
        channel.verify_token, f"http://127.0.0.1:{port}/webhooks/messenger", require_proof=True,
    )  # fmt: skip
    server = TestServer(create_app(here, knowledge, bot), port=port)
    async with fake.serving(port=graph_port), TestClient(server) as client:
        await client.app[READY].wait()
        await fake.until(lambda: "persistent_menu" in fake.profile.values, 30.0)
        yield Page(fake, client, bot, channel, fake.person("Anna"))
