"""The tasks that run beside the pages: answering messages and sending what was answered."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Protocol

from bussola.conversations.ports import Later, Undeliverable
from bussola.conversations.service import ConversationService
from bussola.storage.outbox_store import OutboxStore, Parcel
from bussola.web.bell import Bell

logger = logging.getLogger(__name__)
TURNS_AT_ONCE = 4
LOOK_SECONDS = 1.0
"""How often the disk is read when no bell rings."""
CONVERSATIONS_AT_ONCE = 16
_MOST_SEND_PAUSE = 300.0


class Sender(Protocol):
    """Delivers to the citizens of one channel; raises when the channel cannot take it now.

    Later says how long to wait, Undeliverable that no waiting helps.
    """

    async def send(self, parcel: Parcel) -> None: ...


async def answer_messages(service: ConversationService, bell: Bell) -> None:
    """Answer what waits in the inbox, for ever. A broken turn never stops the next one."""
    with bell.listening("inbox") as ear:
        while True:
            try:
                turn = await service.answer_next()
            except Exception as error:
                logger.error("turn failed: %s", type(error).__name__)
                logger.debug("stack", exc_info=True)
                turn = "postponed"
            if turn == "postponed":
                await asyncio.sleep(0.1)
            elif turn is None:
                await ear.wait(LOOK_SECONDS)


async def deliver(outbox: OutboxStore, channel: str, sender: Sender, bell: Bell) -> None:
    """Hand what waits in the outbox to its channel, for ever. A slow channel holds up no other."""
    with bell.listening("outbox") as ear:
        while True:
            try:
                busy = await deliver_once(outbox, channel, sender, bell)
            except Exception as error:  # noqa: BLE001  the parcels are still on disk
                logger.error("delivery failed: %s", type(error).__name__)
                busy = False
            if not busy:
                await ear.wait(LOOK_SECONDS)


async def deliver_once(
    outbox: OutboxStore, channel: str, sender: Sender, bell: Bell | None = None
) -> bool:
    """One round; True when something was delivered.

    In order within a conversation, several conversations at once. `bell` tells the desk what
    was given up.
    """
    by_conversation: dict[str, list[Parcel]] = {}
    for parcel in await outbox.waiting(channel):
        by_conversation.setdefault(parcel.conversation_id, []).append(parcel)
    room = asyncio.Semaphore(CONVERSATIONS_AT_ONCE)

    async def one(parcels: list[Parcel]) -> tuple[list[int], bool]:
        async with room:
            return await _in_order(outbox, sender, parcels)

    done = await asyncio.gather(*(one(parcels) for parcels in by_conversation.values()))
    sent = [parcel_id for some, _ in done for parcel_id in some]
    if bell is not None and any(given_up for _, given_up in done):
        bell.ring("desk")
    if sent:
        await outbox.sent(sent)
    return bool(sent)


async def _in_order(
    outbox: OutboxStore, sender: Sender, parcels: list[Parcel]
) -> tuple[list[int], bool]:
    """The parcels of one conversation that left, and whether one never will.

    After a delay the rest of them waits too.
    """
    sent: list[int] = []
    given_up = False
    for parcel in parcels:
        try:
            await sender.send(parcel)
        except Undeliverable as never:
            logger.warning("given up: %s %s", parcel.channel, never.reason)
            await outbox.failed(parcel.id, never.reason)
            given_up = True
        except Exception as error:  # noqa: BLE001  any channel, any fault: later
            logger.warning("not delivered: %s %s", parcel.channel, type(error).__name__)
            pause = min(_MOST_SEND_PAUSE, 0.5 * 2**parcel.attempts) * random.uniform(1, 1.25)  # noqa: S311
            await outbox.postpone(parcel.id, error.seconds if isinstance(error, Later) else pause)
            break
        else:
            sent.append(parcel.id)
    return sent, given_up


async def running(
    service: ConversationService,
    outbox: OutboxStore,
    senders: Mapping[str, Sender],
    bell: Bell,
    ready: asyncio.Event,
) -> AsyncIterator[None]:
    """Start the tasks, and stop them at the end of the application.

    Nothing is answered before `ready`: an answer needs the index.
    """

    async def answering() -> None:
        await ready.wait()
        await answer_messages(service, bell)

    tasks = [asyncio.create_task(answering()) for _ in range(TURNS_AT_ONCE)]
    tasks += [
        asyncio.create_task(deliver(outbox, channel, sender, bell))
        for channel, sender in senders.items()
    ]
    yield
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
