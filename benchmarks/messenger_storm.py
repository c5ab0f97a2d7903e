"""A storm of webhook calls: nothing lost, nothing doubled, nothing forged gets in.

    python -m benchmarks.messenger_storm [--events 10000] [--forged 10000] [--seed 1]

The gateway is the real one, in a process of its own that is killed (-9) and started again in
the middle; the platform is the simulator; the bot answers everything with one curated entry, so
that what is measured is the way of a message and not the choice of an answer. Each event is
delivered one to five times, in random order, on 16 connections, and again until it got a 200,
as the platform does. Then three ledgers are compared: what was delivered, what is stored, what
the simulator showed to people.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from bussola import settings
from bussola.settings import MessengerSettings
from bussola.stack import Stack, free_port, is_ready
from bussola.testing.messenger import FakeMessenger
from bussola.testing.messenger.signing import signature_headers

CONNECTIONS = 16
MOST_TIMES = 5
EVENTS_OF_A_PERSON = 5
START_SECONDS = 90.0
DRAIN_SECONDS = 900.0
REPLY = {"type": "answer", "entry_id": "laurea-che-cose", "probability": 0.9}


@dataclass(frozen=True)
class Found:
    """What the ledgers say; all but the first three should be 0 (or the same as `events`)."""

    events: int
    deliveries: int
    seconds: float
    stored: int
    answered: int
    answered_twice: int
    out_of_order: int
    shown: int
    shown_twice: int
    unsure: int
    slow: int
    """Calls that took longer than half a second."""


@asynccontextmanager
async def quick_bot(port: int) -> AsyncIterator[None]:
    """Speaks the contract of Rasa's side, at once."""

    async def answer(request: web.Request) -> web.Response:
        asked = await request.json()
        said = {"message_id": asked["message_id"], "status": "ok", "replies": [REPLY]}
        return web.json_response(said)

    async def alive(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.add_routes([web.post("/webhooks/gateway/messages", answer), web.get("/", alive)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


class Storm:
    """One gateway, one simulator, many people."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self._bot_port, graph_port = free_port(), free_port()
        self.stack = Stack(
            settings.load(),
            BUSSOLA_RASA_URL=f"http://127.0.0.1:{self._bot_port}",
            BUSSOLA_MESSENGER="simulator",
            BUSSOLA_SIMULATOR_KEY=secrets.token_hex(16),
            BUSSOLA_SIMULATOR_PORT=str(graph_port),
        )
        page = self.stack.settings.messenger
        assert page is not None
        self.page: MessengerSettings = page
        self.url = f"{self.stack.url}/webhooks/messenger"
        self.fake = FakeMessenger(
            page.app_id, page.app_secret, page.page_id, page.page_token, page.verify_token,
            self.url, require_proof=True,
        )  # fmt: skip
        self.fake.texts_per_second = 10_000
        self._graph_port = graph_port
        self.took: list[float] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[aiohttp.ClientSession]:
        """Everything up, and a session of 16 connections."""
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        async with (
            quick_bot(self._bot_port),
            self.fake.serving(port=self._graph_port),
            aiohttp.ClientSession(connector=connector) as session,
        ):
            self.stack.start("web")
            try:
                await self.ready(session)
                yield session
            finally:
                self.stack.stop()

    async def ready(self, session: aiohttp.ClientSession) -> None:
        until = time.monotonic() + START_SECONDS
        while not await is_ready(session, self.stack.url):
            if time.monotonic() > until:
                raise RuntimeError(self.stack.log("web")[-2000:])
            await asyncio.sleep(0.2)

    def events(self, many: int) -> list[bytes]:
        """Bodies of one message each; the times of a person's messages rise."""
        people = [self.fake.person(f"p{n}") for n in range(-(-many // EVENTS_OF_A_PERSON))]
        now = self.fake.now()
        milliseconds = int(now.timestamp() * 1000)
        bodies = []
        for number in range(many):
            person = people[number % len(people)]
            person.last_action = now
            event = {
                "sender": {"id": person.psid}, "recipient": {"id": self.page.page_id},
                "timestamp": milliseconds + number,
                "message": {"mid": f"m_{number}", "text": f"domanda numero {number} è così?"},
            }  # fmt: skip
            entry = {"id": self.page.page_id, "time": milliseconds, "messaging": [event]}
            bodies.append(json.dumps({"object": "page", "entry": [entry]}).encode())
        return bodies

    async def post(
        self, session: aiohttp.ClientSession, body: bytes, headers: dict[str, str]
    ) -> int:
        """The status, or 0 when no answer came."""
        started = time.perf_counter()
        try:
            async with session.post(self.url, data=body, headers=headers) as answer:
                await answer.read()
                self.took.append(time.perf_counter() - started)
                return answer.status
        except aiohttp.ClientError:
            return 0

    async def deliver(self, session: aiohttp.ClientSession, body: bytes) -> int:
        """Again and again until the 200; how many calls that took."""
        headers = {"Content-Type": "application/json",
                   **signature_headers(body, self.page.app_secret)}  # fmt: skip
        calls = 1
        while await self.post(session, body, headers) != 200:
            calls += 1
            await asyncio.sleep(0.2 * self.dice.random())
        return calls

    async def storm(self, session: aiohttp.ClientSession, many: int) -> Found:
        """Deliver, kill in the middle, wait for the last answer, compare."""
        bodies = self.events(many)
        plan = [body for body in bodies for _ in range(self.dice.randint(1, MOST_TIMES))]
        self.dice.shuffle(plan)
        started = time.perf_counter()
        todo = iter(plan)
        done = 0

        async def connection() -> int:
            nonlocal done
            calls = 0
            for body in todo:
                calls += await self.deliver(session, body)
                done += 1
            return calls

        async def kill() -> None:
            while done < len(plan) // 2:
                await asyncio.sleep(0.01)
            self.stack.kill("web")
            await asyncio.sleep(0.5)
            self.stack.start("web")

        *calls, _ = await asyncio.gather(*(connection() for _ in range(CONNECTIONS)), kill())
        await self._drained(many)
        return self._found(many, sum(int(c or 0) for c in calls), time.perf_counter() - started)

    async def _drained(self, many: int) -> None:
        """Until every message is answered and every answer has left."""
        until = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < until:
            waiting = self._count(
                "SELECT (SELECT count(*) FROM inbox WHERE status = 'pending')"
                " + (SELECT count(*) FROM outbox WHERE status = 'pending')"
            )
            if not waiting and self._count("SELECT count(*) FROM inbox") >= many:
                return
            await asyncio.sleep(0.5)

    def _rows(self, query: str) -> list[Any]:
        with sqlite3.connect(self.stack.home / "bussola.db", timeout=30) as database:
            return database.execute(query).fetchall()

    def _count(self, query: str) -> int:
        return int(self._rows(query)[0][0])

    def _found(self, many: int, deliveries: int, seconds: float) -> Found:
        answers = self._rows(
            "SELECT conversation_id, in_reply_to, id FROM events"
            " WHERE in_reply_to IS NOT NULL AND hidden = 0 ORDER BY conversation_id, id"
        )
        times = Counter((conversation, reply) for conversation, reply, _ in answers)
        order = [(conversation, reply) for conversation, reply, _ in answers]
        known = {f"{conversation}:{event}" for conversation, _, event in answers}
        shown = Counter(send.metadata for send in self.fake.sends)
        return Found(
            events=many,
            deliveries=deliveries,
            seconds=seconds,
            stored=self._count("SELECT count(*) FROM events WHERE author = 'citizen'"),
            answered=len(times),
            answered_twice=sum(count > 1 for count in times.values()),
            out_of_order=int(order != sorted(order)),
            shown=len({m for m in shown if self._is_answer(m, known)}),
            shown_twice=sum(count > 1 for count in shown.values()),
            unsure=self._count("SELECT count(*) FROM messenger_sends WHERE state != 'sent'"),
            slow=sum(seconds > 0.5 for seconds in self.took),
        )

    @staticmethod
    def _is_answer(metadata: str, known: set[str]) -> bool:
        """The first part of an answer to a message (an answer may take two).

        `known` are the answers, as ``<conversation>:<event>``.
        """
        _, conversation, event, part = metadata.split(":")
        return part == "0" and f"{conversation}:{event}" in known

    async def forged(self, session: aiohttp.ClientSession, many: int) -> Counter[int]:
        """Calls that are not the platform's, and how often each status came back."""
        before = self._count("SELECT count(*) FROM events")
        found: Counter[int] = Counter()
        bodies = self.events(50)
        todo = iter(range(many))

        async def connection() -> None:
            for _ in todo:
                body, headers = self._mutated(self.dice.choice(bodies))
                found[await self.post(session, body, headers)] += 1

        await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
        assert self._count("SELECT count(*) FROM events") == before, "a forged call was stored"
        return found

    def _mutated(self, body: bytes) -> tuple[bytes, dict[str, str]]:
        """A body and headers of which something is wrong."""
        right = signature_headers(body, self.page.app_secret)
        name = "X-Hub-Signature-256"
        place = self.dice.randrange(len(body))
        changed = (
            body[:place] + bytes([body[place] ^ (1 << self.dice.randrange(8))]) + body[place + 1 :]
        )
        ways: list[tuple[bytes, dict[str, str]]] = [
            (changed, right),
            (body[:place], right),
            (body + b" ", right),
            (json.dumps(json.loads(body), indent=1).encode(), right),
            (body, {}),
            (body, {"X-Hub-Signature": right.get("X-Hub-Signature", "sha1=" + "0" * 40)}),
            (body, signature_headers(body, secrets.token_hex(16))),
            (body, {name: right[name][:-1]}),
            (body, {name: right[name].removeprefix("sha256=")}),
            (body, {name: "sha256=" + secrets.token_hex(32)}),
            (body, {name: "sha1=" + secrets.token_hex(20)}),
            (secrets.token_bytes(self.dice.randrange(1, 400)), right),
            (b"", {}),
        ]
        body, headers = self.dice.choice(ways)
        return body, {"Content-Type": "application/json", **headers}


async def main(arguments: list[str]) -> int:
    """Run both parts and print what was found; 1 when anything is not as it should be."""
    parser = argparse.ArgumentParser(prog="benchmarks.messenger_storm", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--forged", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    storm = Storm(options.seed)
    async with storm.running() as session:
        forged = await storm.forged(session, options.forged) if options.forged else Counter()
        found = await storm.storm(session, options.events)
    print("| what | count |\n|---|---|")
    for status, count in sorted(forged.items()):
        print(f"| forged or changed calls answered {status} | {count} |")
    for name, value in vars(found).items():
        print(f"| {name.replace('_', ' ')} | {value:.1f} |" if name == "seconds"
              else f"| {name.replace('_', ' ')} | {value} |")  # fmt: skip
    return 0 if clean(found, forged) else 1


def clean(found: Found, forged: Counter[int]) -> bool:
    """Everything stored once, answered once, shown once; nothing forged accepted or failed on."""
    once = found.stored == found.answered == found.shown == found.events
    faults = found.answered_twice + found.out_of_order + found.shown_twice
    refused = all(400 <= status < 500 for status in forged)
    return once and not faults and refused


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
