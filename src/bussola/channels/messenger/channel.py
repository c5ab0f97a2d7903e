"""The channel in one piece: what bootstrap makes, starts and stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from bussola.channels.messenger.clock import PlatformClock
from bussola.channels.messenger.comments import Comments, Sort
from bussola.channels.messenger.graph import Graph, GraphError, warn_if_old
from bussola.channels.messenger.receiving import Receiver
from bussola.channels.messenger.sender import MessengerSender
from bussola.channels.messenger.setting_up import set_up
from bussola.channels.messenger.watch import keep_subscribed
from bussola.channels.messenger.window import reach
from bussola.conversations.guards import Words
from bussola.conversations.ports import Reach, Store, Texts
from bussola.conversations.service import ConversationService
from bussola.settings import MessengerSettings
from bussola.storage.comment_store import CommentStore
from bussola.storage.messenger_store import MessengerStore
from bussola.web.bell import Bell

logger = logging.getLogger(__name__)
_TRY_SET_UP_SECONDS = 2.0


class MessengerChannel:
    """One page: receiver, sender, comments and what keeps them going."""

    def __init__(
        self,
        page: MessengerSettings,
        session: aiohttp.ClientSession,
        *,
        secret: str,
        service: ConversationService,
        conversations: Store,
        store: MessengerStore,
        comment_store: CommentStore,
        sort: Sort,
        words: Words,
        texts: Texts,
        link: Callable[[str], str],
        bell: Bell,
    ) -> None:
        self._page, self._session, self._store, self._bell = page, session, store, bell
        self.clock = PlatformClock()
        self.graph = Graph(session, page)
        now = self.clock.now
        self.sender = MessengerSender(self.graph, store, texts, link, now, page.human_agent)
        self.comments = Comments(
            page.comments, comment_store, self.graph, sort, words, texts, link, now, bell
        )
        self.receiver = Receiver(
            page, secret, service, conversations, store, self.graph, bell, now,
            self.comments.heard,
        )  # fmt: skip

    async def reach(self, conversation_id: str) -> Reach:
        """Until when a person may be written to, by our time; and whether anything can be sent."""
        thread = await self._store.thread(conversation_id)
        found = reach(thread, await self._store.stopped(), self._page.human_agent)
        ahead = self.clock.ahead
        return Reach(_less(found.bot_until, ahead), _less(found.expert_until, ahead), found.problem)

    @contextmanager
    def running(self, wanted_profile: Callable[[], dict[str, Any]]) -> Iterator[None]:
        """Start what runs beside the webhook, and stop it at the end of the block."""
        warn_if_old(self._page.graph_version)
        tasks = [asyncio.create_task(self.comments.work(self._bell))]
        if self._page.simulated:
            url = self._page.graph_url
            tasks.append(asyncio.create_task(self.clock.follow(self._session, url)))
            tasks.append(asyncio.create_task(self._set_up(wanted_profile)))
        else:
            tasks.append(asyncio.create_task(keep_subscribed(self.graph, self._page.app_id)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()

    async def _set_up(self, wanted_profile: Callable[[], dict[str, Any]]) -> None:
        """A simulated page is put in order by itself, as soon as the simulator is there."""
        while True:
            try:
                await set_up(self.graph, wanted_profile())
            except GraphError as error:
                logger.debug("the simulator is not there: %s", error)
                await asyncio.sleep(_TRY_SET_UP_SECONDS)
            else:
                return


def _less(moment: datetime | None, ahead: timedelta) -> datetime | None:
    return None if moment is None else moment - ahead
