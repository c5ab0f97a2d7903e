"""The platform's side of the wire: POSTs to the webhook and the log of how they went."""

from __future__ import annotations

import asyncio
import time

import aiohttp

from bussola.testing.messenger.clock import MovableClock
from bussola.testing.messenger.signing import signature_headers
from bussola.testing.messenger.webhook_queue import Attempt, Delivery, Outcome, WebhookQueue

_AGENT = "facebookexternalua"


class Courier:
    """Empties the queue into the webhook, `parallel` POSTs at a time.

    `answer_seconds` is how long the webhook has for its 200. `lose` answers are thrown away: the
    webhook has done its work, but the platform does not know and sends again.
    """

    def __init__(self, queue: WebhookQueue, clock: MovableClock, url: str, secret: str) -> None:
        self.queue = queue
        self.clock = clock
        self.url = url
        self.secret = secret
        self.answer_seconds = 5.0
        self.parallel = 1
        self.lose = 0
        self.log: list[Attempt] = []

    async def run(self) -> None:
        """Until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                self.queue.changed.clear()
                due = self.queue.take_due(self.parallel)
                if due:
                    await asyncio.gather(*(self._attempt(session, one) for one in due))
                    continue
                try:
                    await asyncio.wait_for(self.queue.changed.wait(), self.queue.pause())
                except TimeoutError:
                    continue

    async def greet(self, challenge: str, token: str) -> tuple[int, str]:
        """The verification GET, as when the webhook is set: status and body of its answer."""
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.url, params=query, timeout=self._patience()) as answer,
        ):
            return answer.status, await answer.text()

    async def _attempt(self, session: aiohttp.ClientSession, delivery: Delivery) -> None:
        delivery.attempts += 1
        at, began = self.clock.now(), time.perf_counter()
        status, outcome = await self._post(session, delivery.body)
        ms = (time.perf_counter() - began) * 1000
        if status == 200 and self.lose:
            self.lose -= 1
            status, outcome = None, "lost"
        if status == 200:
            self.queue.accepted(delivery)
            outcome = "accepted"
        elif not self.queue.failed(delivery):
            outcome = "given_up"
        self.log.append(
            Attempt(
                delivery.number, delivery.attempts, at, status, ms, len(delivery.events), outcome
            )
        )

    async def _post(
        self, session: aiohttp.ClientSession, body: bytes
    ) -> tuple[int | None, Outcome]:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": _AGENT,
            **signature_headers(body, self.secret),
        }
        try:
            async with session.post(
                self.url, data=body, headers=headers, timeout=self._patience()
            ) as answer:
                await answer.read()
                return answer.status, "refused"
        except TimeoutError:
            return None, "timeout"
        except aiohttp.ClientError:
            return None, "unreachable"

    def _patience(self) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=self.answer_seconds)
