"""The simulator as a program of its own, for practice."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bussola.testing.messenger.fake_messenger import FakeMessenger


def run(host: str, port: int, fake: FakeMessenger) -> None:
    """Serves until Ctrl-C, and says where."""

    async def forever() -> None:
        async with fake.serving(host, port) as url:
            print(f"Messenger di prova: {url}", flush=True)
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(forever())
