"""A citizen at a program's keyboard: talks to a running Bussola over its public HTTP interface."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Any

import aiohttp

from bussola.settings import INTERNAL_HEADER

_ASIDES = frozenset({"masked"})
_TURN_KINDS = {"details": "answer", "menu": "small_talk", "notice": "small_talk",
               "handoff": "offer_handoff", "handoff_open": "offer_handoff"}  # fmt: skip


class NoAnswer(RuntimeError):
    """The service did not answer in time."""


@dataclass(frozen=True)
class Turn:
    """What a citizen would get for one message."""

    kind: str
    entry_id: str | None
    options: list[str]
    text: str
    buttons: list[str]
    probability: float | None
    seconds: float
    events: list[dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """The contract of `bussola ask --json`."""
        names = ("kind", "entry_id", "options", "text", "buttons", "probability")
        return {name: getattr(self, name) for name in names}


class CitizenClient:
    """One conversation. `token` is the internal one: it lifts the limits made for crowds."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str = "") -> None:
        self._session, self._url = session, url
        self._internal = {INTERNAL_HEADER: token} if token else {}
        self.conversation_id = ""
        self._key = ""
        self.last_event = 0
        self.welcome: list[dict[str, Any]] = []

    async def start(self) -> CitizenClient:
        """Open the conversation and read the first words."""
        url = f"{self._url}/api/v1/conversations"
        async with self._session.post(url, headers=self._internal) as answer:
            answer.raise_for_status()
            body = await answer.json()
        self.conversation_id, self._key = body["conversation_id"], body["token"]
        self.welcome = body["events"]
        self.last_event = self.welcome[-1]["id"]
        return self

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}", **self._internal}

    async def post(self, client_id: str | None = None, **message: str) -> dict[str, Any]:
        """Send `text=` or `button=`; the acknowledgement. Raises ClientResponseError."""
        url = f"{self._url}/api/v1/conversations/{self.conversation_id}/messages"
        body = {"client_id": client_id or uuid.uuid4().hex, **message}
        async with self._session.post(url, json=body, headers=self._headers) as answer:
            answer.raise_for_status()
            return dict(await answer.json())

    async def events(self, wait: float = 0, after: int | None = None) -> list[dict[str, Any]]:
        """Events after the last one seen (or after `after`)."""
        url = f"{self._url}/api/v1/conversations/{self.conversation_id}/events"
        since = self.last_event if after is None else after
        query = {"after": str(since), "wait": str(wait)}
        async with self._session.get(url, params=query, headers=self._headers) as answer:
            answer.raise_for_status()
            events = list((await answer.json())["events"])
        if after is None and events:
            self.last_event = events[-1]["id"]
        return events

    async def say(self, text: str, seconds: float = 40.0) -> Turn:
        """Send a text and wait for its answer."""
        return await self._turn(seconds, text=text)

    async def press(self, button_id: str, seconds: float = 40.0) -> Turn:
        """Press a button (`id` of a button of an event) and wait for its answer."""
        return await self._turn(seconds, button=button_id)

    async def _turn(self, seconds: float, **message: str) -> Turn:
        started = time.perf_counter()
        accepted = await self.post(**message)
        events: list[dict[str, Any]] = []
        while time.perf_counter() - started < seconds:
            events += await self.events(wait=5)
            replies = [e for e in events if e["in_reply_to"] == accepted["event_id"]]
            if any(e["kind"] not in _ASIDES for e in replies):
                return turn_of(replies, time.perf_counter() - started)
            await asyncio.sleep(0)
        raise NoAnswer("nessuna risposta dal servizio")


def turn_of(events: list[dict[str, Any]], seconds: float) -> Turn:
    """The turn that `events` (the replies to one message) make."""
    main = next(e for e in events if e["kind"] not in _ASIDES)
    data = main["data"]
    return Turn(
        kind=_TURN_KINDS.get(main["kind"], main["kind"]),
        entry_id=data.get("entry_id"),
        options=list(data.get("options", [])) if main["kind"] == "ask_which" else [],
        text="\n\n".join(e["text"] for e in events if e["text"]),
        buttons=[b["label"] for e in events for b in e["buttons"]],
        probability=data.get("probability"),
        seconds=seconds,
        events=events,
    )
