"""What tests of Messenger do over and over: post signed calls, read the disk, wait, be an expert."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from bussola.bootstrap import create_app
from bussola.channels.messenger.channel import MessengerChannel
from bussola.conversations.conversation import Context
from bussola.conversations.desk_service import Expert
from bussola.conversations.events import Event
from bussola.conversations.message import Message
from bussola.conversations.ports import Case, Reach
from bussola.testing import FakeBot
from bussola.testing.messenger import Person
from bussola.web.health import READY
from bussola.web.keys import CONVERSATION_STORE, DESK, KNOWLEDGE, OUTBOX, REACHES, SETTINGS, STAFF

from .messenger_page import Page

WEBHOOK = "/webhooks/messenger"
ANSWER = {"type": "answer", "entry_id": "laurea-che-cose", "probability": 0.9}
MACHINE = "rispondo io, un assistente automatico"
"""How the bot says again what it is."""


# The webhook, by hand


def signature(page: Page, body: bytes, hashed: Any = hashlib.sha256) -> str:
    return hmac.new(page.channel.app_secret.encode(), body, hashed).hexdigest()


async def post(page: Page, body: bytes, **headers: str) -> int:
    """The status of a call with this body; signed by the platform unless headers are given."""
    given = headers or {"X_Hub_Signature_256": f"sha256={signature(page, body)}"}
    named = {name.replace("_", "-"): value for name, value in given.items()}
    async with page.client.post(WEBHOOK, data=body, headers=named) as answer:
        await answer.read()
        return answer.status


def said(page: Page, text: str, mid: str, person: Person | None = None, at: int = 0) -> Any:
    """A row of `messaging`: a person's message; `at` milliseconds before now."""
    return event(page, {"message": {"mid": mid, "text": text}}, person, at)


def event(page: Page, parts: dict[str, Any], person: Person | None = None, at: int = 0) -> Any:
    """A row of `messaging`: whatever a person did; `at` milliseconds before now."""
    stamp = int(page.fake.now().timestamp() * 1000) - at
    psid = (person or page.anna).psid
    sides = {"sender": {"id": psid}, "recipient": {"id": page.channel.page_id}}
    return {**sides, "timestamp": stamp, **parts}


def call(page: Page, *events: Any, page_id: str = "") -> bytes:
    """The body of one call with these events."""
    entry = {"id": page_id or page.channel.page_id, "time": 1, "messaging": list(events)}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


# The disk


def file_of(page: Page) -> Path:
    return page.client.app[SETTINGS].home / "t.db"


def rows(page: Page, query: str, *values: object) -> list[Any]:
    """What another program would read of the database at this moment."""
    with closing(sqlite3.connect(file_of(page))) as database:
        return database.execute(query, values).fetchall()


async def change(page: Page, query: str, *values: object) -> None:
    """Write behind the application's back; not on its thread, which may hold a transaction."""

    def work() -> None:
        with closing(sqlite3.connect(file_of(page), timeout=30)) as database, database:
            database.execute(query, values)

    await asyncio.to_thread(work)


async def on_disk(page: Page, words: str) -> bool:
    """Whether the words stand anywhere in the database or in its log, as bytes."""

    def checkpointed() -> bool:
        with closing(sqlite3.connect(file_of(page), timeout=1)) as database:
            busy = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            return not busy

    async with asyncio.timeout(20):
        while not await asyncio.to_thread(checkpointed):
            await asyncio.sleep(0.02)
    files = sorted(file_of(page).parent.glob("t.db*"))
    return any(words.encode() in file.read_bytes() for file in files)


def citizen_texts(page: Page) -> list[str]:
    """The texts of all citizens, as they were stored."""
    found = rows(page, "SELECT payload FROM events WHERE author = 'citizen' ORDER BY rowid")
    return [json.loads(payload)["text"] for (payload,) in found]


# Waiting


async def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Waits for a condition; TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


async def until_async(true: Callable[[], Awaitable[object]], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not await true():
            await asyncio.sleep(0.02)


async def settled(page: Page) -> None:
    """Until nothing is on its way: no call of theirs, no turn, no send of ours, no echo."""
    for _ in range(2):
        await page.fake.settled()
        await until(lambda: not rows(page, _UNDONE))
    await page.fake.settled()


_UNDONE = """SELECT 1 FROM inbox WHERE status = 'pending'
             UNION ALL SELECT 1 FROM outbox WHERE status = 'pending'"""


def heard(page: Page, person: Person | None = None) -> list[str]:
    """All that a person was told, bubble by bubble."""
    return (person or page.anna).said_to_them()


async def says(page: Page, text: str) -> list[str]:
    """Anna writes; what she is told until all is quiet."""
    before = len(heard(page))
    page.fake.say(page.anna, text)
    await settled(page)
    return heard(page)[before:]


def channel_of(page: Page) -> MessengerChannel:
    reach: Any = page.client.app[REACHES]["messenger"]
    channel: MessengerChannel = reach.__self__
    return channel


async def advance(page: Page, **by: float) -> None:
    """The platform's clock jumps, and ours has noticed."""
    page.fake.advance(**by)
    clock, offset = channel_of(page).clock, page.fake.clock.offset
    await until(lambda: abs(clock.ahead - offset) < timedelta(seconds=5))


async def reach(page: Page) -> Reach:
    return await page.client.app[REACHES]["messenger"](page.conversation_id)


async def undelivered(page: Page) -> list[str]:
    """Why what was not delivered to Anna was not, in order."""
    found = await page.client.app[OUTBOX].undelivered(page.conversation_id)
    return [found[event_id] for event_id in sorted(found)]


async def told(page: Page, kind: str) -> Event:
    """The newest event of a kind in Anna's conversation, as we keep it."""
    events = await page.client.app[CONVERSATION_STORE].events(page.conversation_id, for_desk=True)
    return [one for one in events if one.kind == kind][-1]


@asynccontextmanager
async def thinking(page: Page) -> AsyncIterator[None]:
    """The bot thinks until the end of the block, and then answers."""
    done = asyncio.Event()

    async def script(_message: Message, _context: Context) -> list[dict[str, Any]]:
        await done.wait()
        return [ANSWER]

    page.bot.run(script)
    try:
        yield
    finally:
        done.set()


# The desk


@dataclass
class Colleague:
    """An expert with Anna's case."""

    page: Page
    expert: Expert
    case: Case

    async def take(self) -> None:
        assert await self.page.client.app[DESK].take(self.case, self.expert)

    async def say(self, text: str) -> None:
        key = f"desk-{time.monotonic_ns()}"
        assert await self.page.client.app[DESK].say(self.case, self.expert, key, text)

    async def close(self) -> None:
        assert await self.page.client.app[DESK].close(self.case, self.expert)


async def with_a_case(page: Page) -> Colleague:
    """Anna has asked for a person from the standing menu; nobody has taken her case yet."""
    page.fake.say(page.anna, "Quanto costa la laurea?")
    await page.hears("Fonte")
    page.fake.menu(page.anna, "0:person")
    await page.hears("Procedo?")
    page.fake.tap(page.anna, page.anna.offered()[0]["payload"])
    await page.hears("Codice della richiesta")
    staff = await page.client.app[STAFF].add("carla", "Carla", "expert", "x", None)
    expert = Expert(staff.id, staff.name, staff.themes)
    (case,) = await page.client.app[DESK].queue(expert)
    return Colleague(page, expert, case)


# Starting again


@asynccontextmanager
async def after_a_crash(page: Page, bot: FakeBot) -> AsyncIterator[None]:
    """The application goes away with what it was doing, and another one starts on its files."""
    app = page.client.app
    here, knowledge = app[SETTINGS], app[KNOWLEDGE]
    await page.client.close()
    server = TestServer(create_app(here, knowledge, bot), port=here.port)
    async with TestClient(server) as client:
        await client.app[READY].wait()
        page.client, page.bot = client, bot
        yield
