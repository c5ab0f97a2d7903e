"""The tasks that run beside the pages: answering messages and sending what was answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Protocol

from bussola.conversations.service import ConversationService
from bussola.storage.outbox_store import OutboxStore, Parcel
from bussola.web.bell import Bell

logger = logging.getLogger(__name__)
TURNS_AT_ONCE = 4
LOOK_SECONDS = 1.0
"""How often the disk is read when no bell rings."""
_MOST_SEND_PAUSE = 300.0


class Sender(Protocol):
    """Delivers to the citizens of one channel; raises when the channel cannot take it now."""

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


async def deliver(outbox: OutboxStore, senders: Mapping[str, Sender], bell: Bell) -> None:
    """Hand what waits in the outbox to its channel, in order, for ever."""
    with bell.listening("outbox") as ear:
        while True:
            try:
                busy = await deliver_once(outbox, senders)
            except Exception as error:  # noqa: BLE001  the parcels are still on disk
                logger.error("delivery failed: %s", type(error).__name__)
                busy = False
            if not busy:
                await ear.wait(LOOK_SECONDS)


async def deliver_once(outbox: OutboxStore, senders: Mapping[str, Sender]) -> bool:
    """One round; True when something was delivered.

    After a failure the rest of that conversation waits too, so that order is kept.
    """
    sent: list[int] = []
    stuck: set[str] = set()
    for parcel in await outbox.waiting():
        if parcel.conversation_id in stuck:
            continue
        try:
            await senders[parcel.channel].send(parcel)
        except Exception as error:  # noqa: BLE001  any channel, any fault: later
            logger.warning("not delivered: %s %s", parcel.channel, type(error).__name__)
            stuck.add(parcel.conversation_id)
            pause = min(_MOST_SEND_PAUSE, 0.5 * 2**parcel.attempts)
            await outbox.postpone(parcel.id, pause)
        else:
            sent.append(parcel.id)
    if sent:
        await outbox.sent(sent)
    return bool(sent)


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
    tasks.append(asyncio.create_task(deliver(outbox, senders, bell)))
    yield
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
