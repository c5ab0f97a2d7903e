"""One of our events as Graph "message" objects, each within the limits of the platform.

Limits: text 2,000 characters, 13 quick replies with titles of 20, button template with text of 640
and 3 buttons with titles of 20 (send-messages, quick-replies and button template references).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bussola.channels.messenger.choices import MOST_REPLIES, Choices, choices
from bussola.channels.messenger.links import links
from bussola.channels.messenger.splitting import parts
from bussola.channels.messenger.wording import evidence, words
from bussola.conversations.events import Event
from bussola.conversations.ports import Texts


@dataclass(frozen=True)
class Rendered:
    """What is sent for one event, in order.

    `numbered` is True when the buttons stand in the text as a numbered list, so that a typed "2"
    is a choice: `choices.choice_of` says which.
    """

    messages: list[dict[str, Any]]
    numbered: bool


def render(event: Event, texts: Texts, link: Callable[[str], str]) -> Rendered:
    """At least one message, none for what only the desk may see.

    `link` makes a full address of one of our pages ("/schede/x").
    """
    if event.hidden:
        return Rendered([], False)
    offered, linked = choices(event), links(event, texts, link)
    paragraphs = [
        *words(event, texts, link),
        "\n".join(linked.lines),
        *evidence(event, texts, link),
        *_closing(event, offered, texts),
    ]
    text = "\n\n".join(filter(None, paragraphs)) or texts.say("messenger_nothing")
    messages: list[dict[str, Any]] = [{"text": part} for part in parts(text)]
    if linked.template:
        messages.append(linked.template)
    return Rendered(_with_replies(messages, offered, texts), offered.numbered)


def _closing(event: Event, offered: Choices, texts: Texts) -> list[str]:
    """The list of choices, how to choose, and the question that the votes answer."""
    # Under an answer the choices come second: one line less to read on a phone.
    asks = offered.numbered and event.kind not in {"answer", "details"}
    hint = texts.say("messenger_type_number") if asks else ""
    heading = texts.say("messenger_choices") if offered.lines else ""
    votes = any(button.action.type == "useful" for button in event.buttons)
    return [
        "\n".join(filter(None, [heading, *offered.lines])),
        hint,
        texts.say("widget_useful") if votes else "",
    ]


def _with_replies(
    messages: list[dict[str, Any]], offered: Choices, texts: Texts
) -> list[dict[str, Any]]:
    """Quick replies under the last message; those beyond its limit under one more."""
    first, rest = offered.replies[:MOST_REPLIES], offered.replies[MOST_REPLIES:]
    if not first:
        return messages
    done = [*messages[:-1], {**messages[-1], "quick_replies": list(first)}]
    more = [{"text": texts.say("messenger_more_choices")}] if rest else []
    return done + _with_replies(more, Choices((), rest, offered.numbered), texts)
