"""Delivery on Messenger: each part of an event is sent once, or the desk hears why not.

A call without an answer may have been done: its echo tells. Without an echo it is repeated
once with the same metadata, and never again: a doubled answer is worse than a late one.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bussola.channels.messenger.graph import (
    Busy,
    Graph,
    GraphError,
    NotApproved,
    PersonUnavailable,
    Stopped,
    Unknown,
    WindowClosed,
)
from bussola.channels.messenger.rendering import render
from bussola.channels.messenger.window import (
    BY_A_PERSON,
    Permission,
    permission,
    typed_by_a_person,
)
from bussola.conversations.ports import Later, Texts, Undeliverable
from bussola.storage.messenger_store import MessengerStore, Thread
from bussola.storage.outbox_store import Parcel

logger = logging.getLogger(__name__)
STOPPED_SECONDS = 60.0
"""While the channel is stopped one call a minute tries whether it works again."""
_MOST_DOUBLINGS = 3
_GIVES_BACK = {"closed", "released"}
"""Words that say that a machine answers again; unsaid, the next turn must say it."""


class MessengerSender:
    """The Sender of the channel `messenger`."""

    echo_seconds = 30.0
    """An echo comes within seconds; a call is given up as lost after so long."""

    def __init__(
        self,
        graph: Graph,
        store: MessengerStore,
        texts: Texts,
        link: Callable[[str], str],
        now: Callable[[], datetime],
        human_agent: bool,
    ) -> None:
        self._graph, self._store, self._texts, self._link = graph, store, texts, link
        self._now, self._human_agent = now, human_agent
        self._stopped_until = 0.0

    async def send(self, parcel: Parcel) -> None:
        """All parts of an event in order. Raises Later and Undeliverable."""
        if time.monotonic() < self._stopped_until:
            raise Later(STOPPED_SECONDS)
        try:
            await self._send(parcel)
        except Undeliverable:
            if parcel.event.kind == "forgotten":
                # Whoever cannot be told of it is forgotten all the same.
                await self._store.part_with(parcel.conversation_id)
            raise

    async def _send(self, parcel: Parcel) -> None:
        thread = await self._store.thread(parcel.conversation_id)
        if thread is None:
            raise Undeliverable("person_unavailable")
        may = permission(parcel.event, thread, self._now(), self._human_agent)
        if isinstance(may, str):
            if parcel.event.kind in _GIVES_BACK:
                await self._store.say_who_answers(parcel.conversation_id)
            raise Undeliverable(may)
        rendered = render(parcel.event, self._texts, self._link)
        parts = enumerate(rendered.messages)
        left = [await self._part(parcel, part, message, thread, may) for part, message in parts]
        await self._remember(parcel)
        if not all(left):
            # Perhaps it was read, perhaps not: the desk should know that nobody knows.
            raise Undeliverable("messenger_unsure")

    async def _remember(self, parcel: Parcel) -> None:
        """What a typed choice refers to now; after a farewell, nothing of the person at all."""
        if parcel.event.kind == "forgotten":
            await self._store.part_with(parcel.conversation_id)
        elif parcel.event.buttons:
            await self._store.offered(parcel.conversation_id, parcel.event.id)

    async def _part(
        self, parcel: Parcel, part: int, message: dict[str, Any], thread: Thread, may: Permission
    ) -> bool:
        """False when nobody knows whether the part reached the citizen. Raises Later."""
        key = (parcel.conversation_id, parcel.event.id, part)
        send = await self._store.claim(*key)
        if send.state in {"sent", "unsure"}:
            return send.state == "sent"
        if send.state == "trying":
            waited = time.time() - send.tried_at
            if waited < self.echo_seconds:
                raise Later(max(0.5, self.echo_seconds - waited))
            if send.attempts > 1:
                await self._store.unsure(*key)
                logger.error("a message got neither an answer nor an echo, twice")
                return False
            if not await self._store.claim_again(*key):
                raise Later(self.echo_seconds)
        body = {
            "recipient": {"id": thread.person_id},
            "messaging_type": may.messaging_type,
            "message": {**message, "metadata": metadata_of(*key)},
        }
        if may.tag:
            body["tag"] = may.tag
        message_id = await self._call(parcel, body, key)
        await self._store.settle(*key, message_id)
        return True

    async def _call(self, parcel: Parcel, body: dict[str, Any], key: tuple[str, int, int]) -> str:
        """The id of the message; the errors of the table as what the outbox does about them."""
        try:
            sent = await self._graph.send(body)
        except Unknown as error:
            raise Later(self.echo_seconds) from error
        except WindowClosed as error:
            # Their clock counts. A person's words may still go with the tag for persons.
            if typed_by_a_person(parcel.event) and self._human_agent and "tag" not in body:
                tagged = {**body, "messaging_type": BY_A_PERSON.messaging_type,
                          "tag": BY_A_PERSON.tag}  # fmt: skip
                return await self._call(parcel, tagged, key)
            await self._store.give_back(*key)
            raise Undeliverable("window_closed") from error
        except GraphError as error:
            await self._store.give_back(*key)
            raise await self._refused(parcel, error) from error
        if await self._store.stopped():
            # Whatever stopped the channel is mended: a call worked.
            self._stopped_until = 0.0
            await self._store.stop(None)
        return sent

    async def _refused(self, parcel: Parcel, error: GraphError) -> Exception:
        if isinstance(error, Busy):
            rest = error.seconds * 2 ** min(parcel.attempts, _MOST_DOUBLINGS)
            return Later(rest * random.uniform(1, 1.25))  # noqa: S311
        if isinstance(error, NotApproved):
            return Undeliverable("window_needs_approval")
        if isinstance(error, PersonUnavailable):
            await self._store.unavailable(parcel.conversation_id)
            return Undeliverable("person_unavailable")
        if isinstance(error, Stopped):
            logger.error("Messenger is stopped: %s", error.reason)
            await self._store.stop(error.reason)
            self._stopped_until = time.monotonic() + STOPPED_SECONDS
            return Later(STOPPED_SECONDS)
        logger.error("Messenger refused a call, which is a fault of ours: %s", error)
        return Undeliverable("messenger_refused")


def metadata_of(conversation_id: str, event_id: int, part: int) -> str:
    """Travels with a message and comes back in its echo."""
    return f"bussola:{conversation_id}:{event_id}:{part}"


def read_metadata(metadata: str) -> tuple[str, int, int] | None:
    """The conversation, event and part of a message of ours; None when it is not."""
    name, _, rest = metadata.partition(":")
    parts = rest.split(":")
    if name != "bussola" or len(parts) != 3 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return None
    return parts[0], int(parts[1]), int(parts[2])
