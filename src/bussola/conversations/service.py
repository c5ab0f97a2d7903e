"""The path of a message: received, stored, answered once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bussola.conversations.conversation import Context, Conversation, NewCase
from bussola.conversations.desk_rules import new_case_code
from bussola.conversations.events import Button, Draft
from bussola.conversations.guards import Words, at_the_door, at_the_turn
from bussola.conversations.guide_replies import Said
from bussola.conversations.masking import mask
from bussola.conversations.message import Accepted, Incoming, Message, Refused
from bussola.conversations.ports import (
    Bell,
    Bot,
    BotUnavailable,
    Clock,
    Lease,
    Limiter,
    Outcome,
    Store,
    Turn,
)
from bussola.conversations.replies import Replies
from bussola.conversations.routing import OpenCase, Routing, says_yes

MOST_ATTEMPTS = 5
"""Crashes in a row after which a message is set aside, with an honest word to the citizen."""
_FIRST_RETRY_SECONDS = 0.3
_TURNS_TO_BOT = {"ask_bot", "calculate", "quiz", "quiz_question"}
_BUTTON = re.compile(r"[0-9]{1,9}:[a-z0-9]{1,12}")


@dataclass(frozen=True)
class Patience:
    """How long the bot may take before the citizen hears that it cannot be reached."""

    bot_seconds: float


class ConversationService:
    """Takes messages in and answers them; one turn at a time in each conversation."""

    def __init__(
        self,
        store: Store,
        bot: Bot,
        replies: Replies,
        limiter: Limiter,
        bell: Bell,
        clock: Clock,
        words: Words,
        patience: Patience,
        expected_by: Callable[[datetime], date],
        written_date: Callable[[date], str],
    ) -> None:
        self._store, self._bot, self._replies = store, bot, replies
        self._limiter, self._bell, self._clock = limiter, bell, clock
        self._words, self._patience = words, patience
        self._expected_by, self._written_date = expected_by, written_date
        self._routing = Routing(replies)

    async def start(self, conversation_id: str, channel: str) -> None:
        """Open a conversation; its first words say that this is a machine and not a counter."""
        await self._store.start(conversation_id, channel, self._replies.welcome())

    async def open(self, conversation_id: str, channel: str, greet: bool = True) -> None:
        """Like `start`, for a channel that names its conversations; repeating it is harmless.

        Without `greet` the first message brings the welcome, as a first press of "start" does.
        """
        await self._store.open(conversation_id, channel, self._replies.welcome() if greet else ())

    async def receive(self, incoming: Incoming, address: str | None) -> Accepted:
        """Store a citizen's message; when this returns, it is on disk. Raises Refused.

        `address` is where it came from, for the flood guard; None for our own programs.
        """
        if address is not None and not self._limiter.allow(incoming.conversation_id, address):
            raise Refused("too_fast")
        text, button = incoming.text, incoming.button
        masked: tuple[str, ...] = ()
        if button is None:
            knocking = at_the_door(text)
            text, masked = knocking.text, knocking.masked
        else:
            text = await self._label_of(incoming.conversation_id, button)
        accepted = await self._store.accept(
            incoming.conversation_id, incoming.client_id, text, button, masked
        )
        self._bell.ring("inbox")
        self._bell.ring(incoming.conversation_id)
        return accepted

    async def note(
        self, conversation_id: str, key: str, draft: Draft, muted_until: float | None = None
    ) -> None:
        """Write down, masked, what the desk should see and nobody answers; once per `key`.

        `muted_until` (seconds since 1970) keeps the bot silent; 0 gives it the word again.
        """
        if draft.text:
            text, masked = mask(draft.text)
            draft = replace(draft, text=text, data={**draft.data, "masked": list(masked)})
        await self._store.note(conversation_id, key, draft, muted_until)
        self._bell.ring("desk")
        self._bell.ring(conversation_id)

    async def amend(self, conversation_id: str, client_id: str, text: str | None) -> None:
        """The citizen changed a message after sending it, or with None took it back."""
        try:
            kept = at_the_door(text).text if text is not None else None
        except Refused:
            kept = None
        await self._store.amend(conversation_id, client_id, kept)
        self._bell.ring("desk")

    async def _label_of(self, conversation_id: str, button: str) -> str:
        """The label we wrote on the button: the text that came with the press is not trusted."""
        pressed = None
        if _BUTTON.fullmatch(button):
            pressed = await self._button(conversation_id, button)
        if pressed is None:
            raise Refused("unknown_button")
        return pressed.label

    async def answer_next(self) -> Turn | None:
        """Answer the oldest message that waits; None when there is none."""
        lease = await self._store.claim()
        if lease is None:
            return None
        try:
            outcome = await self._outcome(lease)
        except BotUnavailable:
            waited = self._clock.now() - lease.message.received_at
            if waited < timedelta(seconds=self._patience.bot_seconds):
                await self._store.postpone(lease, self._pause(lease.message.attempts))
                return "postponed"
            outcome = self._without_bot(lease.conversation, lease.message)
        except Exception:
            # A message that breaks the turn must not block its conversation for ever.
            if lease.message.attempts < MOST_ATTEMPTS:
                await self._store.postpone(lease, self._pause(lease.message.attempts))
                raise
            outcome = replace(
                self._without_bot(lease.conversation, lease.message), dead_letter=True
            )
        finished = await self._store.finish(lease, outcome)
        self._bell.ring(lease.conversation.id)
        self._bell.ring("outbox")
        self._bell.ring("desk")
        return finished

    @staticmethod
    def _pause(attempts: int) -> float:
        return float(min(2.0, _FIRST_RETRY_SECONDS * 2 ** max(0, attempts - 1)))

    async def _outcome(self, lease: Lease) -> Outcome:
        conversation, message = lease.conversation, lease.message
        pressed = await self._button(conversation.id, message.button) if message.button else None
        if pressed is not None and pressed.action.type == "forget":
            return Outcome((self._replies.forgotten(),), Context(), forget=True)
        held = at_the_turn(message.text, self._words) if message.button is None else None
        if held and held[0] == "emergency":
            return self._emergency(conversation, message, held[1])
        try:
            said = await self._said(conversation, message, pressed, held)
        except OpenCase as case:
            return self._case_outcome(conversation, message, case)
        follows = self._follows_after(conversation, pressed, said)
        return self._with_masking(message, self._said_by_whom(message, pressed, said), follows)

    def _said_by_whom(self, message: Message, pressed: Button | None, said: Said) -> Said:
        """After a pause the first words say again that a machine answers; "start" does already."""
        drafts, context = said
        if pressed is None or pressed.action.type != "not_text":
            context = replace(context, told_text_only=False)
        begins = pressed is not None and pressed.action.type == "start"
        bot = any(draft.author == "bot" for draft in drafts)
        if message.after_pause and bot and not begins:
            drafts = (self._replies.who_answers(), *drafts)
        return drafts, context

    async def _said(
        self, conversation: Conversation, message: Message, pressed: Button | None,
        held: tuple[str, str] | None,
    ) -> Said:  # fmt: skip
        """The listed exits of a turn, in their order; the bot is the last one."""
        context = conversation.context
        if held and held[0] == "forget":
            return self._replies.ask_forget(context)
        if conversation.speaker == "desk" or conversation.muted:
            return (), context
        if message.button is not None:
            return await self._pressed(conversation, message, pressed)
        if conversation.case_follows and conversation.case_code:
            return self._replies.added_to_case(conversation.case_code, context)
        if held:
            return self._replies.abuse(context)
        quiz = self._routing.for_quiz(message.text, context)
        return quiz or await self._ask_bot(conversation, message)

    async def _pressed(
        self, conversation: Conversation, message: Message, pressed: Button | None
    ) -> Said:
        """A button is looked up, not guessed; only a calculator's buttons go on to the bot."""
        context = conversation.context
        if pressed is None:
            return self._replies.menu(context)
        action, guide = pressed.action, self._replies.guide
        if action.type == "calculation_value":
            if not guide.answers_now(action.value, context):
                return guide.asked_before(context)
            calculation = {**context.calculation, "pressed": True}
        elif action.type == "calculate":
            calculation = {"calculator": action.value, "run": message.event_id}
        else:
            return self._routing.for_button(action, conversation)
        begun = context.waiting_for("calculation", calculation=calculation)
        return await self._ask_bot(replace(conversation, context=begun), message)

    async def _button(self, conversation_id: str, button: str) -> Button | None:
        """The button ``<event id>:<button id>`` names, looked up in what we once said."""
        event_id, _, button_id = button.partition(":")
        if int(event_id) == 0:
            return self._replies.standing(button_id)
        event = await self._store.event(conversation_id, int(event_id))
        return event.button(button_id) if event else None

    async def _ask_bot(self, conversation: Conversation, message: Message) -> Said:
        gone = self._replies.guide.missing_calculator(conversation.context)
        if gone is not None:
            return gone
        payloads = await self._bot.reply(message, conversation.context)
        drafts: list[Draft] = []
        context = conversation.context
        # A turn never says the same thing twice, whatever the rules made of it.
        for payload in (p for i, p in enumerate(payloads) if p not in payloads[:i]):
            now = replace(conversation, context=context)
            said, context = self._routing.for_payload(payload, message.text, now)
            drafts.extend(said)
        return tuple(drafts), context

    @staticmethod
    def _follows_after(
        conversation: Conversation, pressed: Button | None, said: Said
    ) -> bool | None:
        """Whether the next words go to the waiting case; None leaves it as it is.

        Only a button that talks to the bot turns to it; asking again for a person turns back.
        """
        if any(draft.kind == "handoff_open" for draft in said[0]):
            return True
        asks_bot = pressed is not None and pressed.action.type in _TURNS_TO_BOT
        return False if asks_bot and conversation.case_state == "waiting" else None

    def _with_masking(self, message: Message, said: Said, follows: bool | None) -> Outcome:
        drafts, context = said
        if message.masked:
            drafts = (self._replies.masked(message.masked), *drafts)
        return Outcome(drafts, context, case_follows=follows)

    def _case_outcome(
        self, conversation: Conversation, message: Message, case: OpenCase
    ) -> Outcome:
        context = replace(conversation.context, theme=case.theme or conversation.context.theme)
        code, by = new_case_code(), self._expected_by(self._clock.now())
        drafts, after = self._replies.case_opened(code, self._written_date(by), context)
        new = NewCase(code, context.theme, case.reason, context.question, context.nearest)
        if message.masked:
            drafts = (self._replies.masked(message.masked), *drafts)
        return Outcome(drafts, after, new_case=new, case_follows=True)

    def _emergency(self, conversation: Conversation, message: Message, kind: str) -> Outcome:
        """The right public number at once; then a person sees it before anything else."""
        drafts, context = self._replies.emergency(kind, conversation.context)
        if message.masked:
            drafts = (*drafts, self._replies.masked(message.masked))
        if conversation.case_code is not None:
            return Outcome(drafts, context, emergency=True, case_follows=True)
        new = NewCase(new_case_code(), context.theme, "emergency", message.text, emergency=True)
        return Outcome(drafts, context, new_case=new, case_follows=True)

    def _without_bot(self, conversation: Conversation, message: Message) -> Outcome:
        """A hand-off works without Rasa too: a plain yes to the offer opens the case."""
        context = replace(conversation.context, question=message.text)
        if conversation.speaker == "desk" or conversation.muted:
            return Outcome((), conversation.context)
        if conversation.context.awaiting == "handoff" and says_yes(message.text):
            case = OpenCase(conversation.context.theme, conversation.context.reason or "asked")
            return self._case_outcome(conversation, message, case)
        if conversation.case_code:
            said = self._replies.added_to_case(conversation.case_code, context)
        else:
            said = self._replies.unavailable(context)
        return self._with_masking(message, said, None)
