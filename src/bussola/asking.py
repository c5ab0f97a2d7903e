"""`bussola ask` and `bussola demo`: a conversation with the running service, or a private one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bussola.citizen_client import CitizenClient, Turn
from bussola.settings import Settings
from bussola.stack import Stack, is_ready

DEMO = (
    "nn o mai lavorato posso riscatare la laurea",
    "e quanto costa?",
    "i vaucer ci sono ancora??",
    "devo mettere in regola la badante ke faccio",
    "a che punto è la mia domanda di riscatto?",
    "che tempo fa domani?",
    "voglio parlare con una persona",
)


@asynccontextmanager
async def a_service(settings: Settings) -> AsyncIterator[tuple[aiohttp.ClientSession, str, str]]:
    """A session, the address and the internal token of a service, started when none is running."""
    async with aiohttp.ClientSession() as session:
        if await is_ready(session, settings.public_url):
            yield session, settings.public_url, settings.knowledge_token
            return
        async with Stack(settings) as stack:
            yield session, stack.url, stack.settings.knowledge_token


async def ask(settings: Settings, text: str) -> Turn:
    """The turn a citizen would get for `text` in a new conversation."""
    async with a_service(settings) as (session, url, token):
        citizen = await CitizenClient(session, url, token).start()
        return await citizen.say(text)


async def demo(settings: Settings) -> AsyncIterator[tuple[str, Turn | None, str]]:
    """A short conversation: (what the citizen writes, the turn, its text)."""
    async with a_service(settings) as (session, url, token):
        citizen = await CitizenClient(session, url, token).start()
        yield "", None, citizen.welcome[0]["text"]
        for text in DEMO:
            turn = await citizen.say(text)
            yield text, turn, turn.text
