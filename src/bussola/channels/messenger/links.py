"""Links of an event: URL buttons that say where they lead, and lines for what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bussola.channels.messenger.plain_text import plain_text
from bussola.channels.messenger.splitting import shortened, units
from bussola.conversations.events import Event
from bussola.conversations.ports import Texts
from bussola.text import one_line

MOST_BUTTONS = 3
TITLE_LIMIT = 20
TEMPLATE_TEXT_LIMIT = 640


@dataclass(frozen=True)
class Links:
    """`template` is a whole message or None; `lines` belong into the text."""

    template: dict[str, Any] | None
    lines: tuple[str, ...]


def safe_address(url: str, link: Callable[[str], str]) -> str:
    """The full address of an institution over https or of a page of ours; "" for any other."""
    if url.startswith("/") and not url.startswith("//"):
        return link(url)
    return url if url.startswith(("https://", link("/"))) else ""


def links(event: Event, texts: Texts, link: Callable[[str], str]) -> Links:
    """The first three links as buttons, the others as lines."""
    found = [
        (one_line(plain_text(each["label"])), address)
        for each in event.data.get("links") or []
        if (address := safe_address(each["url"], link))
    ]
    template = _template(found[:MOST_BUTTONS], texts)
    rest = found[MOST_BUTTONS:] if template else found
    return Links(template, tuple(f"{label}: {url}" for label, url in rest))


def _template(found: list[tuple[str, str]], texts: Texts) -> dict[str, Any] | None:
    """None when there are no links, or their names are too long for a template."""
    titles = [_title(label, texts) for label, _ in found]
    cut = [label for (label, _), title in zip(found, titles, strict=True) if label not in title]
    text = "\n".join([texts.say("messenger_outside"), *(f"• {label}" for label in cut)])
    if not found or units(text) > TEMPLATE_TEXT_LIMIT:
        return None
    buttons = [
        {"type": "web_url", "url": url, "title": title}
        for (_, url), title in zip(found, titles, strict=True)
    ]
    payload = {"template_type": "button", "text": text, "buttons": buttons}
    return {"attachment": {"type": "template", "payload": payload}}


def _title(label: str, texts: Texts) -> str:
    """The label with the verb first."""
    verb = texts.say("messenger_open")
    title = label if label.startswith(f"{verb} ") else f"{verb}: {label}"
    return shortened(title, TITLE_LIMIT, whole_words=True)
