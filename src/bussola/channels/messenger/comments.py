"""Comments under the posts of the page: nobody's affairs are answered in front of everybody.

A question gets one short pointer in public and, where allowed, one private reply. An insult
gets nothing. Personal data in public is shown to a moderator, who decides.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bussola.channels.messenger.codec import Happening
from bussola.channels.messenger.graph import Busy, Graph, GraphError, Stopped, Unknown
from bussola.conversations.guards import Words, at_the_door, at_the_turn
from bussola.conversations.message import Refused
from bussola.conversations.ports import Texts
from bussola.storage.comment_store import CommentState, CommentStore, Remark
from bussola.web.bell import Bell

logger = logging.getLogger(__name__)
PRIVATE_REPLY_DAYS = timedelta(days=7)
_LOOK_SECONDS = 2.0
_MOST_ATTEMPTS = 8
Sort = Callable[[str], Awaitable[tuple[str, str | None]]]
"""The verdict on a text, and the entry that would answer it."""


class Comments:
    """Hears comments, and answers them as the service: one pointer, one private reply."""

    def __init__(
        self,
        enabled: bool,
        store: CommentStore,
        graph: Graph,
        sort: Sort,
        words: Words,
        texts: Texts,
        link: Callable[[str], str],
        now: Callable[[], datetime],
        bell: Bell,
    ) -> None:
        self._enabled, self._store, self._graph, self._sort = enabled, store, graph, sort
        self._words, self._texts, self._link = words, texts, link
        self._now, self._bell = now, bell

    async def heard(self, happening: Happening) -> None:
        """Decide about a comment and write that down; its words are not kept."""
        detail = happening.detail
        comment_id = str(detail.get("comment_id", ""))
        ours = str(detail.get("from_id", "")) == happening.page_id
        if not self._enabled or not comment_id or ours:
            return
        if detail.get("verb") == "remove":
            await self._store.change(comment_id, state="removed")
        elif detail.get("verb") == "add":
            await self._store.add(happening.page_id, await self._judged(comment_id, happening))
            self._bell.ring("comments")
            self._bell.ring("desk")

    async def _judged(self, comment_id: str, happening: Happening) -> Remark:
        state: CommentState = "ignored"
        kinds: tuple[str, ...] = ()
        entry_id: str | None = None
        try:
            knocking = at_the_door(happening.text)
        except Refused:
            pass  # a picture, a sticker, or far too much: nothing to point to
        else:
            kinds = knocking.masked
            verdict, entry_id = await self._sorted(knocking.text)
            held = at_the_turn(knocking.text, self._words)
            if kinds:
                state = "moderate"
            elif held is None and verdict not in {"off_topic", "dont_know"}:
                state = "answer"
        return Remark(
            comment_id, str(happening.detail.get("post_id", "")), state, kinds,
            happening.at, entry_id, False, False, 0,
        )  # fmt: skip

    async def _sorted(self, text: str) -> tuple[str, str | None]:
        """A comment that breaks the search is left: refused, its whole batch would come for ever."""
        try:
            return await self._sort(text)
        except Exception as error:  # noqa: BLE001
            logger.error("a comment was not understood: %s", type(error).__name__)
            return "dont_know", None

    # Answering

    async def work(self, bell: Bell) -> None:
        """Answer what waits, for ever."""
        with bell.listening("comments") as ear:
            while True:
                try:
                    await self.answer_due()
                except Exception as error:  # noqa: BLE001  the comments are still on disk
                    logger.error("comments failed: %s", type(error).__name__)
                await ear.wait(_LOOK_SECONDS)

    async def answer_due(self) -> None:
        """One round over the comments that wait for an answer."""
        for remark in await self._store.due():
            try:
                await self._point(remark)
                await self._reply_in_private(remark)
            except (Busy, Stopped) as error:
                await self._later(remark, error)
            else:
                await self._store.change(remark.comment_id, state="done")

    async def _later(self, remark: Remark, error: GraphError) -> None:
        pause = error.seconds if isinstance(error, Busy) else 300.0
        state = "done" if remark.attempts + 1 >= _MOST_ATTEMPTS else "answer"
        await self._store.change(
            remark.comment_id, state=state, attempts=remark.attempts + 1,
            next_try_at=time.time() + pause * 2**remark.attempts,
        )  # fmt: skip

    async def _point(self, remark: Remark) -> None:
        """Once, whatever happens: a doubled word in public is worse than none."""
        if remark.pointer_sent:
            return
        text = self._texts.say("messenger_comment_public")
        await self._once(
            remark.comment_id, "pointer_sent", f"{remark.comment_id}/comments", {"message": text}
        )

    async def _reply_in_private(self, remark: Remark) -> None:
        """One a comment and within seven days; the platform allows no more."""
        if remark.private_sent or self._now() - remark.at > PRIVATE_REPLY_DAYS:
            return
        if remark.entry_id is None:
            text = self._texts.say("messenger_comment_private")
        else:
            url = self._link(f"/domande/{remark.entry_id}")
            text = self._texts.say("messenger_comment_private_answer", url=url)
        body = {"recipient": {"comment_id": remark.comment_id}, "messaging_type": "RESPONSE",
                "message": {"text": text}}  # fmt: skip
        path = f"{self._graph.page_id}/messages"
        await self._once(remark.comment_id, "private_sent", path, body)

    async def _once(self, comment_id: str, mark: str, path: str, body: dict[str, Any]) -> None:
        """Marked before the call; the mark is taken back when it was surely not done."""
        await self._store.change(comment_id, **{mark: True})
        try:
            await self._graph.call("POST", path, body)
        except (Busy, Stopped):
            await self._store.change(comment_id, **{mark: False})
            raise
        except Unknown:
            logger.warning("a comment's answer got no answer: not repeated")
        except GraphError as error:
            logger.error("a comment could not be answered: %s", error)

    # Moderating

    async def to_moderate(self) -> list[Remark]:
        """What a moderator should look at."""
        return await self._store.to_moderate()

    async def hide(self, comment_id: str) -> bool:
        """Hide a comment from everybody but its author; False when the platform did not."""
        try:
            await self._graph.call("POST", comment_id, {"is_hidden": True})
        except GraphError as error:
            logger.error("a comment could not be hidden: %s", error)
            return False
        await self._store.change(comment_id, state="hidden")
        return True

    async def leave(self, comment_id: str) -> None:
        """The moderator saw nothing to hide."""
        await self._store.change(comment_id, state="left")
