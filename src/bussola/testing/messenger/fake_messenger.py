"""The Messenger Platform on this machine: what the Graph API accepts, and what then happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from aiohttp import web

from bussola.testing.messenger import signing
from bussola.testing.messenger.errors import GraphError
from bussola.testing.messenger.send_api import SendApi
from bussola.testing.messenger.webhook_queue import Attempt


class FakeMessenger(SendApi):
    """One Page, one app, its citizens, and the platform between them.

        async with fake.serving() as url:
            fake.say(fake.person("Anna"), "buongiorno")
            await fake.settled()

    `human_agent`: the app is approved for the Human Agent feature. `require_proof`: calls need an
    appsecret_proof. `latency_ms` delays every Graph answer; `hang_seconds` is how long a call that
    is ordered to time out hangs before its connection drops.
    """

    def __init__(
        self,
        app_id: str,
        app_secret: str,
        page_id: str,
        page_token: str,
        verify_token: str,
        webhook_url: str,
        graph_version: str = "v26.0",
        human_agent: bool = True,
        require_proof: bool = False,
    ) -> None:
        super().__init__(app_id, app_secret, page_id, webhook_url, human_agent=human_agent)
        self.page_token = page_token
        self.verify_token = verify_token
        self.graph_version = graph_version
        self.require_proof = require_proof
        self.latency_ms = 0.0
        self.hang_seconds = 0.0
        self.texts_per_second = 300
        self.media_per_second = 10
        self.refused: list[GraphError] = []
        self.url = ""

    # Time and the webhook

    def now(self) -> datetime:
        return self.clock.now()

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """The clock jumps; what is then due (a redelivery) leaves at once."""
        self.clock.advance(days=days, hours=hours, minutes=minutes)
        self.queue.changed.set()

    @property
    def webhook_url(self) -> str:
        return self.courier.url

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self.courier.url = url

    @property
    def deliveries(self) -> list[Attempt]:
        """Every attempt to deliver, oldest first."""
        return self.courier.log

    def hold(self) -> None:
        """Events pile up until `release`."""
        self.queue.held = True

    def release(self) -> None:
        self.queue.held = False
        self.queue.flush()
        self.queue.changed.set()

    def batch(self, size: int) -> None:
        """The next `size` events, at most 1000, travel in one POST."""
        self.queue.batch(size)

    def shuffle(self, seed: int = 0) -> None:
        """The events on hold leave in another order."""
        self.queue.shuffle(seed)

    def duplicate_next(self, count: int = 1) -> None:
        self.queue.duplicate(count)

    def redeliver_last(self) -> None:
        """The last accepted delivery once more, the same bytes."""
        self.queue.again()

    def lose_next_response(self, count: int = 1) -> None:
        """The webhook's next 200 never arrives here, so that the delivery is repeated."""
        self.courier.lose += count

    async def verify_webhook(self, token: str | None = None, challenge: str = "1158201444") -> bool:
        """Does the webhook answer the verification GET with 200 and the bare challenge?"""
        answer = await self.courier.greet(challenge, token or self.verify_token)
        return answer == (200, challenge)

    def signed_request(self, user_id: str) -> str:
        """What the data deletion callback is posted with; `user_id` is app-scoped, not a PSID."""
        issued = int(self.now().timestamp())
        return signing.signed_request({"user_id": user_id, "issued_at": issued}, self.app_secret)

    # Running

    @asynccontextmanager
    async def serving(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Graph API, practice page and deliveries, until the end of the block; the address.

        The page has no sign-in: `host` should stay on this machine.
        """
        from bussola.testing.messenger.server import application

        runner = web.AppRunner(application(self), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        self.url = f"http://{host}:{runner.addresses[0][1]}"
        sending = asyncio.create_task(self.courier.run())
        try:
            yield self.url
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
            await runner.cleanup()

    async def until(self, true: Callable[[], object], seconds: float = 5.0) -> None:
        """Waits for a condition; TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110  any condition, not only ours
                await asyncio.sleep(0.005)

    async def settled(self, seconds: float = 5.0) -> None:
        """Waits until no event is on its way and none waits to be sent again."""
        await self.until(lambda: not (self.queue.waiting or self.queue.in_flight), seconds)
