"""The Graph API: one call, its errors by name, and no word of a citizen in any log."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
from limits import RateLimitItemPerSecond

from bussola.channels.messenger.signature import appsecret_proof
from bussola.settings import MessengerSettings
from bussola.web.rate_limit import RateLimiter

logger = logging.getLogger(__name__)
CALL_SECONDS = 10.0
OLDEST_LIVING = 21
"""v21.0 is served until 21 January 2027: raise this then. A start warns below it."""
_STOPS = {
    (190, None): "messenger_token_refused",
    (10, 1893063): "messenger_page_restricted",
}
_RATES = {4, 32, 613, 80006}
_TRY_AGAIN = {1, 2, 1200}
_RATE_SECONDS = 60.0
_HICCUP_SECONDS = 2.0


class GraphError(Exception):
    """The platform said no. `code` and `subcode` are its own; the text is for developers."""

    def __init__(self, code: int, subcode: int | None = None) -> None:
        super().__init__(f"{code}/{subcode}" if subcode else str(code))
        self.code, self.subcode = code, subcode


class Unknown(GraphError):
    """No answer came: the call may have been done or not."""

    def __init__(self) -> None:
        super().__init__(0)


class Busy(GraphError):
    """Too many calls, or a hiccup of theirs: surely not done, worth another try."""

    def __init__(self, code: int, seconds: float) -> None:
        super().__init__(code)
        self.seconds = seconds


class WindowClosed(GraphError):
    """They count that the person has been silent for too long."""


class NotApproved(GraphError):
    """The tag for persons needs the Human Agent feature, which the app has not."""


class PersonUnavailable(GraphError):
    """The person blocked the page, or is gone."""


class Stopped(GraphError):
    """Nothing works any more until somebody does something; `reason` names a text."""

    def __init__(self, code: int, subcode: int | None, reason: str) -> None:
        super().__init__(code, subcode)
        self.reason = reason


def error_of(status: int, body: Any) -> GraphError:
    """The error an answer stands for."""
    told = body.get("error") if isinstance(body, dict) else None
    if not isinstance(told, dict) or not isinstance(told.get("code"), int):
        # A gateway of theirs spoke, not the API: nobody knows what became of the call.
        return Busy(status, _RATE_SECONDS) if status == 429 else Unknown()
    code, subcode = told["code"], told.get("error_subcode")
    reason = _STOPS.get((code, None)) or _STOPS.get((code, subcode))
    if reason is not None:
        return Stopped(code, subcode, reason)
    if code in _RATES or status == 429:
        return Busy(code, _RATE_SECONDS)
    if code in _TRY_AGAIN:
        return Busy(code, _HICCUP_SECONDS)
    kinds = {
        (10, 2018278): WindowClosed, (10, 2018065): NotApproved, (551, subcode): PersonUnavailable,
    }  # fmt: skip
    return kinds.get((code, subcode), GraphError)(code, subcode)


@dataclass(frozen=True)
class _Lane:
    """A share of the calls a second that the platform allows."""

    limiter: RateLimiter
    name: str

    async def wait(self) -> None:
        # The windows of the limiter cannot be waited for: they are asked again.
        while not self.limiter.allow(self.name):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


class Graph:
    """Calls as the page. Raises GraphError and its kinds; never shows the token."""

    def __init__(self, session: aiohttp.ClientSession, page: MessengerSettings) -> None:
        self._session, self._page = session, page
        # The platform allows 300 texts a second and page; we stay well below.
        self._texts = _Lane(RateLimiter(RateLimitItemPerSecond(150)), "texts")

    @property
    def page_id(self) -> str:
        return self._page.page_id

    async def send(self, body: dict[str, Any]) -> str:
        """POST a message; the id the platform gave it."""
        await self._texts.wait()
        said = await self.call("POST", f"{self._page.page_id}/messages", body)
        return str(said.get("message_id", ""))

    async def sign(self, person_id: str, action: str) -> None:
        """Show that we read or type; best effort: a failure is not worth a word."""
        body = {"recipient": {"id": person_id}, "sender_action": action}
        try:
            await self.call("POST", f"{self._page.page_id}/messages", body, seconds=3.0)
        except GraphError:
            logger.debug("sign not shown: %s", action)

    async def call(
        self, method: str, path: str, body: dict[str, Any] | None = None,
        seconds: float = CALL_SECONDS, **query: str,
    ) -> dict[str, Any]:  # fmt: skip
        """Any call; the JSON it answers. The token travels in a header, never in an address."""
        url = f"{self._page.graph_url}/{self._page.graph_version}/{path}"
        proof = appsecret_proof(self._page.page_token, self._page.app_secret)
        try:
            async with self._session.request(
                method, url, params={"appsecret_proof": proof, **query}, json=body,
                headers={"Authorization": f"Bearer {self._page.page_token}"},
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as answer:  # fmt: skip
                status, raw = answer.status, await answer.read()
        except aiohttp.ClientConnectorError as error:
            # Not even connected: surely not done.
            raise Busy(0, 5.0) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unknown from error
        try:
            told = json.loads(raw)
        except ValueError:
            told = None
        if status != 200 or not isinstance(told, dict):
            raise error_of(status, told)
        return told


def warn_if_old(version: str) -> bool:
    """Warn when `version` of the API is no longer served; True when it was warned."""
    number = version.removeprefix("v").partition(".")[0]
    old = not number.isdecimal() or int(number) < OLDEST_LIVING
    if old:
        logger.warning("Graph API %s is no longer served: see docs/howto/settings.md", version)
    return old
