"""What becomes of each thing that happens on the page; when `take` returns, it is on disk."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Counter

from bussola.channels.messenger.choices import choice_of
from bussola.channels.messenger.codec import Happening
from bussola.channels.messenger.graph import Graph
from bussola.channels.messenger.sender import read_metadata
from bussola.conversations.events import Draft
from bussola.conversations.message import Accepted, Incoming, Refused
from bussola.conversations.ports import Bell, Store
from bussola.conversations.service import ConversationService
from bussola.settings import MessengerSettings
from bussola.storage.messenger_store import MessengerStore, Thread
from bussola.web.health import REGISTRY

logger = logging.getLogger(__name__)
CHANNEL = "messenger"
FILE, LONG, MENU, START = "0:file", "0:long", "0:menu", "0:start"
_TOO_OLD = timedelta(days=7)
"""What is older is a replay: no answer could be sent any more."""
_LONGEST_CHOICE = 300
_PERSONS_TURN = {"handoff", "taken"}
"""Words of ours after which a person reads what the citizen writes."""
_FOR_EVER = 4e9
EVENTS = Counter("bussola_messenger_events", "What happened on the page", ["kind"],
                 registry=REGISTRY)  # fmt: skip
Remark = Callable[[Happening], Awaitable[None]]


class Receiver:
    """Maps happenings to messages, notes and marks. Repeating a happening changes nothing."""

    def __init__(
        self,
        page: MessengerSettings,
        secret: str,
        service: ConversationService,
        conversations: Store,
        store: MessengerStore,
        graph: Graph,
        bell: Bell,
        now: Callable[[], datetime],
        on_comment: Remark,
    ) -> None:
        self._page, self._secret, self._service = page, secret.encode(), service
        self._conversations, self._store, self._graph = conversations, store, graph
        self._bell, self._now, self._on_comment = bell, now, on_comment
        self._signs: set[asyncio.Task[None]] = set()

    async def take(self, happenings: list[Happening]) -> None:
        """Everything of one call: in order for each person, many persons at once."""
        by_person: dict[str, list[Happening]] = {}
        for happening in happenings:
            by_person.setdefault(happening.person_id, []).append(happening)

        async def one(mine: list[Happening]) -> None:
            for happening in mine:
                await self._take(happening)

        await asyncio.gather(*(one(mine) for mine in by_person.values()))

    async def _take(self, happening: Happening) -> None:
        EVENTS.labels(happening.kind).inc()
        if happening.page_id != self._page.page_id:
            return
        kinds: dict[str, Remark] = {
            **dict.fromkeys(("message", "quick_reply", "postback", "attachment"), self._said),
            **dict.fromkeys(("reaction", "referral"), self._acted),
            **dict.fromkeys(("edit", "deleted"), self._amended),
            "echo": self._echo, "standby": self._standby, "handover": self._handover,
            "comment": self._on_comment,
        }  # fmt: skip
        if "policy_enforcement" in happening.detail.get("fields", ()):
            logger.error("the platform says that the page broke a rule: look at its inbox")
        take = kinds.get(happening.kind)
        # Receipts, opt-ins, account links and what is new to us are counted and left.
        if take is not None and (happening.person_id or happening.kind == "comment"):
            await take(happening)

    def conversation_of(self, person_id: str) -> str:
        """The id of a person's conversation: the same for ever, and meaningless elsewhere."""
        told = f"{CHANNEL}:{self._page.page_id}:{person_id}".encode()
        digest = hmac.new(self._secret, told, hashlib.sha256).digest()
        return "m" + base64.urlsafe_b64encode(digest).decode()[:22]

    async def _meet(
        self, happening: Happening, greet: bool, acts: bool = True
    ) -> tuple[Thread, bool]:
        """The thread of a person, and whether it was there before."""
        conversation_id = self.conversation_of(happening.person_id)
        known = await self._store.thread(conversation_id)
        if known is None:
            await self._service.open(conversation_id, CHANNEL, greet)
        acted_at = min(happening.at, self._now()) if acts else None
        thread = await self._store.meet(
            conversation_id, happening.page_id, happening.person_id, acted_at, known
        )
        return thread, known is not None

    async def _said(self, happening: Happening) -> None:
        if self._now() - happening.at > _TOO_OLD:
            return
        thread, known = await self._meet(happening, greet=happening.payload != START)
        accepted = await self._receive(thread, happening)
        if accepted is None:
            return
        if not accepted.repeated:
            self._show(self._graph.sign(happening.person_id, "typing_on"))
        elif not known:
            await self._part_again(thread, accepted.event_id)

    async def _part_again(self, thread: Thread, event_id: int) -> None:
        """A repeated message of somebody who was forgotten since does not bring them back."""
        event = await self._conversations.event(thread.conversation_id, event_id)
        if event is not None and event.kind == "erased":
            await self._store.part_with(thread.conversation_id)

    async def _receive(self, thread: Thread, happening: Happening) -> Accepted | None:
        """None when it is known in other words: it was changed since."""
        button: str | None = happening.payload or None
        if happening.kind == "attachment":
            button = FILE
        elif button is None:
            button = await self._typed_choice(thread, happening.text)
        # A press that names nothing of ours counts as its words, or opens the menu.
        tries = [(button, happening.text), (None, happening.text), (MENU, "")]
        for pressed, text in tries if button else tries[1:]:
            try:
                return await self._service.receive(
                    Incoming(thread.conversation_id, happening.key, text, pressed), None
                )
            except Refused as refused:
                if refused.reason in {"too_long", "empty"} and not button:
                    return await self._instead(thread, happening, refused.reason)
                if refused.reason == "conflict":
                    return None
        return None

    async def _instead(self, thread: Thread, happening: Happening, reason: str) -> Accepted:
        """A text that cannot be kept is answered all the same."""
        button = LONG if reason == "too_long" else FILE
        incoming = Incoming(thread.conversation_id, happening.key, "", button)
        return await self._service.receive(incoming, None)

    async def _typed_choice(self, thread: Thread, text: str) -> str | None:
        """The button whose number, letter or words were typed: chips go away, choices do not."""
        if thread.offered_event is None or len(text) > _LONGEST_CHOICE:
            return None
        event = await self._conversations.event(thread.conversation_id, thread.offered_event)
        button = choice_of(event, text) if event is not None else None
        if button is None or await self._person_spoke_since(thread, thread.offered_event):
            return None
        return f"{thread.offered_event}:{button.id}"

    async def _person_spoke_since(self, thread: Thread, event_id: int) -> bool:
        """A "2" after a person's words answers the person, whatever we had offered before."""
        later = await self._conversations.events(thread.conversation_id, event_id, for_desk=True)
        return any(event.author == "expert" or event.kind in _PERSONS_TURN for event in later)

    def _show(self, sign: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(sign)
        self._signs.add(task)
        task.add_done_callback(self._signs.discard)

    async def _acted(self, happening: Happening) -> None:
        """A sign of life opens the window; it asks nothing. Taking a reaction back is none."""
        if happening.detail.get("action") == "unreact":
            return
        conversation_id = self.conversation_of(happening.person_id)
        if await self._store.thread(conversation_id) is not None:
            await self._meet(happening, greet=False)

    async def _amended(self, happening: Happening) -> None:
        text = happening.text if happening.kind == "edit" else None
        conversation_id = self.conversation_of(happening.person_id)
        await self._service.amend(conversation_id, str(happening.detail.get("of", "")), text)

    async def _echo(self, happening: Happening) -> None:
        """Ours is a proof of delivery; any other means that a person wrote from the page."""
        sent = read_metadata(str(happening.detail.get("metadata", "")))
        if str(happening.detail.get("app_id", "")) == self._page.app_id:
            if sent is not None:
                await self._store.settle(*sent, str(happening.detail.get("mid", "")))
                self._bell.ring("outbox")
            return
        thread, _ = await self._meet(happening, greet=False, acts=False)
        draft = Draft("expert", "page_inbox", happening.text, {"name": ""})
        # Counted from when it was written: an echo may come hours late.
        late = max(timedelta(), self._now() - happening.at)
        until = time.time() + 3600 * self._page.silence_hours - late.total_seconds()
        await self._service.note(thread.conversation_id, happening.key, draft, until)

    async def _standby(self, happening: Happening) -> None:
        """Another app has the word: the desk reads along, the bot is silent."""
        kind = happening.detail.get("kind")
        if kind in {"edit", "deleted"}:
            await self._amended(replace(happening, kind=kind))
        if kind not in {"message", "quick_reply", "postback", "attachment", "echo"}:
            return
        ours = kind == "echo"
        thread, _ = await self._meet(happening, greet=False, acts=not ours)
        draft = Draft("expert", "page_inbox", happening.text, {"name": ""})
        if not ours:
            draft = Draft("citizen", "standby", happening.text)
        await self._service.note(thread.conversation_id, happening.key, draft)

    async def _handover(self, happening: Happening) -> None:
        """Silent while another app has the conversation; a pass that names nobody is to us."""
        act, owner = happening.detail.get("act"), happening.detail.get("app_id")
        if act == "request":
            return
        thread, _ = await self._meet(happening, greet=False, acts=False)
        ours = owner == self._page.app_id or (act == "pass" and not owner)
        until = 0.0 if ours else _FOR_EVER
        draft = Draft("system", "handover", "", {"act": act}, hidden=True)
        await self._service.note(thread.conversation_id, happening.key, draft, until)
