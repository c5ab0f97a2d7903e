"""Who answers, and with what: one decision per message, from a listed set of exits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bussola.conversations.conversation import Context, Conversation
from bussola.conversations.events import Action
from bussola.conversations.guide_replies import Said
from bussola.conversations.ordinals import position_of
from bussola.conversations.replies import Replies
from bussola.text import folded

_YES = re.compile(
    r"(?:si+|ok|okay|va bene|certo|yes|da|confermo|volentieri|procedi)"
    r"(?: (?:si|grazie|per favore|procedi|certo|va bene))*"
)


def chosen_option(text: str, shown: tuple[str, ...]) -> str | None:
    """The option a citizen typed ("la seconda", "2", "l'ultima"), or None."""
    position = position_of(text, len(shown))
    return None if position is None else shown[position]


def says_yes(text: str) -> bool:
    """A plain yes, for when there is no bot to understand it."""
    return bool(_YES.fullmatch(folded(text)))


def _numbered(value: str) -> tuple[str, int]:
    """``<id>:<number>`` of an action, apart."""
    identity, number = value.rsplit(":", 1)
    return identity, int(number)


def _after_notice(text_id: str, context: Context) -> Context:
    """Small talk leaves what was waited for; "enough" ends it."""
    return context.waiting_for("nothing") if text_id == "what_no" else context


class OpenCase(Exception):
    """Not a failure: the turn's outcome is a case, which only the service can open."""

    def __init__(self, theme: str | None, reason: str) -> None:
        super().__init__(reason)
        self.theme, self.reason = theme, reason


class Routing:
    """Maps buttons and bot payloads to replies."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def for_button(self, action: Action, conversation: Conversation) -> Said:
        """What a pressed button does; no bot is needed. Raises OpenCase."""
        context, say = conversation.context, self._replies
        by_type: dict[str, Callable[[], Said]] = {
            "entry": lambda: say.answer(action.value, context),
            "details": lambda: say.details(action.value, context),
            "theme": lambda: say.theme(action.value, context),
            "menu": lambda: say.menu(context),
            "none_of_these": lambda: say.none_of_these(context),
            "offer_handoff": lambda: self._offer(action.value, conversation),
            "open_case": lambda: self._open(action.value or None, conversation),
            "decline_handoff": lambda: self._declined(conversation),
            "useful": lambda: say.feedback(True, action.value, context),
            "not_useful": lambda: say.feedback(False, action.value, context),
            "ask_bot": lambda: say.back_to_bot(context),
            "start": lambda: (say.welcome(), context.fresh()),
            "not_text": lambda: say.not_text(context),
            "too_long": lambda: say.notice("refused_message_too_long", context),
            "ask_forget": lambda: say.ask_forget(context),
            "sheets": lambda: say.sheets(action.value, context),
            **self._guide_buttons(action.value, context),
        }
        return by_type[action.type]()

    def _guide_buttons(self, value: str, context: Context) -> dict[str, Callable[[], Said]]:
        guide = self._replies.guide
        return {
            "table": lambda: guide.table(value, context),
            "sheet": lambda: guide.sheet(value, context),
            "news": lambda: guide.notices(value, context),
            "quiz": lambda: guide.quizzes(value, context),
            "quiz_question": lambda: guide.quiz(*_numbered(value), context),
            "quiz_answer": lambda: guide.quiz_answer(value, context),
            "calculators": lambda: guide.calculators(value, context),
            "calculation_stop": lambda: guide.calculation_stopped(context),
        }

    def for_payload(self, payload: dict[str, Any], text: str, conversation: Conversation) -> Said:
        """What one reply of the bot becomes. Raises OpenCase; an unknown payload is a KeyError."""
        context, say = conversation.context, self._replies
        evidence = {k: payload[k] for k in ("probability", "index_version") if k in payload}
        language = payload.get("language", context.language)
        asked = replace(context, question=text, language=language)
        by_type: dict[str, Callable[[], Said]] = {
            "answer": lambda: say.answers(
                payload["entry_id"], payload.get("second"), asked, **evidence
            ),
            "ask_which": lambda: say.introduced(
                "ask_which",
                say.ask_which(
                    tuple(payload["options"]), tuple(payload.get("further", ())), asked, **evidence
                ),
            ),
            "personal_case": lambda: say.introduced(
                "elsewhere",
                say.signpost("personal_case", payload["signpost_id"], asked, **evidence),
            ),
            "off_topic": lambda: say.introduced(
                "elsewhere", say.signpost("off_topic", payload["signpost_id"], asked, **evidence)
            ),
            "expert": lambda: say.introduced(
                "dont_know", say.for_an_expert(payload["signpost_id"], asked, **evidence)
            ),
            "dont_know": lambda: say.introduced(
                "dont_know", say.dont_know(asked, tuple(payload.get("nearest", ())), **evidence)
            ),
            "notice": lambda: say.notice(
                payload["text_id"],
                _after_notice(payload["text_id"], context),
                payload.get("kind", "notice"),
            ),
            "menu": lambda: say.menu(context),
            "details": lambda: say.details(context.previous_entry, context),
            "choice": lambda: self._choice(text, context),
            "none_of_these": lambda: say.none_of_these(context),
            "feedback": lambda: say.feedback(payload["useful"], context.previous_entry, context),
            "abuse": lambda: say.abuse(context),
            "offer_handoff": lambda: self._offer(payload["reason"], conversation),
            "handoff": lambda: self._open(context.theme, conversation),
            "handoff_declined": lambda: self._declined(conversation),
            **self._guide_payloads(payload, context),
        }
        return by_type[payload["type"]]()

    def _guide_payloads(
        self, payload: dict[str, Any], context: Context
    ) -> dict[str, Callable[[], Said]]:
        guide = self._replies.guide
        return {
            "quiz": lambda: guide.quizzes(context.theme, context),
            "calculators": lambda: guide.calculators(context.theme, context),
            "calculation_ask": lambda: guide.calculation_ask(payload, context),
            "calculation": lambda: guide.calculation(payload, context),
            "calculation_stopped": lambda: guide.calculation_stopped(context),
        }

    def _declined(self, conversation: Conversation) -> Said:
        text_id = "declined_with_case" if conversation.case_code else "declined"
        return self._replies.notice(text_id, conversation.context.waiting_for("nothing"))

    def for_quiz(self, text: str, context: Context) -> Said | None:
        """An option of the quiz in its own words, or its letter: an answer, and no question."""
        if context.awaiting != "quiz":
            return None
        return self._replies.guide.typed_quiz_answer(text, context)

    def _choice(self, text: str, context: Context) -> Said:
        if context.awaiting == "quiz":
            return self._replies.notice("quiz_pick_one", context, "small_talk")
        entry_id = chosen_option(text, context.shown) if context.awaiting == "choice" else None
        if entry_id is None:
            return self._replies.notice("pick_one", context, "small_talk")
        return self._replies.answer(entry_id, context)

    def _offer(self, reason: str, conversation: Conversation) -> Said:
        if conversation.case_code:
            return self._replies.case_already_open(conversation.case_code, conversation.context)
        text_id = "offer_after_complaint" if reason == "complaint" else "offer"
        return self._replies.offer_handoff(reason, conversation.context, text_id)

    def _open(self, theme: str | None, conversation: Conversation) -> Said:
        if conversation.case_code:
            return self._replies.case_already_open(conversation.case_code, conversation.context)
        raise OpenCase(theme, conversation.context.reason or "asked")
