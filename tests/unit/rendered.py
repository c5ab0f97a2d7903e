"""Events as Messenger gets them, and what must hold for every one of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from bussola.channels.messenger.choices import choice_of
from bussola.channels.messenger.plain_text import plain_text
from bussola.channels.messenger.rendering import Rendered, render
from bussola.channels.messenger.splitting import units
from bussola.conversations.events import Action, Button, Draft, Event
from bussola.text import one_line
from bussola.texts import Catalogue

SITE = "https://bussola.example"
LETTERED = {"quiz", "calculation_ask"}


def link(path: str) -> str:
    return f"{SITE}{path}"


def event_of(draft: Draft, number: int = 7) -> Event:
    return Event(
        number, draft.author, draft.kind, draft.text, draft.data, draft.buttons, draft.hidden,
        datetime(2026, 11, 22, 9, 0, tzinfo=UTC), None,
    )  # fmt: skip


def said(text: str = "Ecco.", *labels: str, kind: str = "answer", **data: Any) -> Event:
    """A bot's event with a button a label; a label that begins with "~" is quiet."""
    buttons = tuple(
        Button(f"b{i}", label.removeprefix("~"), Action("entry", "x"), label.startswith("~"))
        for i, label in enumerate(labels)
    )
    return event_of(Draft("bot", kind, text, data, buttons))


def texts_of(rendered: Rendered) -> list[str]:
    """The texts without their "(1/3)"."""
    found = [message["text"] for message in rendered.messages if "text" in message]
    return [re.sub(r"^\(\d+/\d+\) ", "", text) for text in found]


def templates_of(rendered: Rendered) -> list[dict[str, Any]]:
    return [m["attachment"]["payload"] for m in rendered.messages if "attachment" in m]


def replies_of(rendered: Rendered) -> list[dict[str, Any]]:
    return [reply for m in rendered.messages for reply in m.get("quick_replies", ())]


def titles_of(rendered: Rendered) -> list[str]:
    return [reply["title"] for reply in replies_of(rendered)]


def run_together(text: str) -> str:
    return "".join(text.split())


def check_limits(rendered: Rendered) -> None:
    """What the platform would refuse or cut."""
    assert rendered.messages
    for message in rendered.messages:
        assert ("text" in message) != ("attachment" in message)
        assert 0 < units(message.get("text", "-").strip()) <= 1900
        replies = message.get("quick_replies")
        assert replies is None or 0 < len(replies) <= 13
        assert "metadata" not in message
    for reply in replies_of(rendered):
        assert reply["content_type"] == "text"
        assert 0 < units(reply["title"].strip()) <= 20
        assert len(reply["payload"]) <= 1000
    for template in templates_of(rendered):
        assert template["template_type"] == "button"
        assert 0 < units(template["text"]) <= 640
        assert 1 <= len(template["buttons"]) <= 3
        assert all(0 < units(b["title"]) <= 20 and b["url"] for b in template["buttons"])


def check_choices(event: Event, rendered: Rendered) -> None:
    """Each button is there once, its whole label can be read, and its mark can be typed."""
    payloads = [reply["payload"] for reply in replies_of(rendered)]
    assert sorted(payloads) == sorted(f"{event.id}:{b.id}" for b in event.buttons)
    shown, titles = run_together("".join(texts_of(rendered))), titles_of(rendered)
    for button in event.buttons:
        label = one_line(plain_text(button.label))
        assert label in titles or run_together(label) in shown
    for reply in replies_of(rendered):
        mark = re.match(r"(\d+)\. |([a-z]+)\) ", reply["title"] + " ")
        if rendered.numbered and mark and mark[1]:
            found = choice_of(event, mark[1])
            assert found
            assert reply["payload"] == f"{event.id}:{found.id}"
    assert not (rendered.numbered and event.kind in LETTERED)


def check_place(rendered: Rendered) -> None:
    """Quick replies go when another message follows: they stand at the very end."""
    with_replies = ["quick_replies" in message for message in rendered.messages]
    assert with_replies == sorted(with_replies)


def check(event: Event, texts: Catalogue) -> Rendered:
    rendered = render(event, texts, link)
    check_limits(rendered)
    check_choices(event, rendered)
    check_place(rendered)
    return rendered
