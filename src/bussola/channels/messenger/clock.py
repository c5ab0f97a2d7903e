"""The platform's time: ours, except beside a simulator, whose clock people move by hand."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import aiohttp

logger = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5


class PlatformClock:
    """What time the platform thinks it is; windows are counted by it."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        """How far the platform's clock is ahead of ours."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC) + self.ahead

    async def follow(self, session: aiohttp.ClientSession, simulator_url: str) -> None:
        """Keep up with a simulator, for ever; while it is not there our time counts."""
        while True:
            try:
                async with session.get(f"{simulator_url}/simulator/clock") as answer:
                    told = datetime.fromtimestamp((await answer.json())["now"], UTC)
                self.ahead = told - datetime.now(UTC)
            except (aiohttp.ClientError, OSError, KeyError, ValueError, TypeError):
                logger.debug("no simulator")
            await asyncio.sleep(_LOOK_SECONDS)
