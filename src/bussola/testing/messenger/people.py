"""The citizens of the simulator and what stands in their threads."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Payload = dict[str, Any]
Author = Literal["person", "app", "inbox"]


def new_mid() -> str:
    """A message id: about 90 opaque characters, as long as the platform's own."""
    return "m_" + secrets.token_urlsafe(66)


def scoped_id(page_id: str, name: str) -> str:
    """The PSID of this person on this Page: 17 digits, another one on another Page."""
    digest = hashlib.sha256(f"{page_id} {name}".encode()).digest()
    return str(10**16 + int.from_bytes(digest[:8], "big") % (9 * 10**16))


@dataclass
class Bubble:
    """One message in a thread. `message` is as the Graph API takes it, or as the person sent it."""

    mid: str
    author: Author
    at: datetime
    message: Payload
    delivered: bool = False
    read: bool = False
    edits: int = 0
    deleted: bool = False
    reaction: str = ""

    @property
    def text(self) -> str:
        """Its text, that of its template, or ""; nothing once it is deleted."""
        template = self.template
        return str(self.message.get("text") or (template or {}).get("text") or "")

    @property
    def template(self) -> Payload | None:
        attachment = self.message.get("attachment")
        if isinstance(attachment, dict) and attachment.get("type") == "template":
            return dict(attachment["payload"])
        return None

    @property
    def plain(self) -> bool:
        """A text that the person typed: only those can be edited."""
        others = {"attachments", "postback", "quick_reply"}
        return self.author == "person" and not self.deleted and not others & set(self.message)

    @property
    def quick_replies(self) -> list[Payload]:
        return list(self.message.get("quick_replies") or [])

    def buttons(self) -> Iterator[Payload]:
        """Those of the template and of its cards."""
        template = self.template or {}
        yield from template.get("buttons") or ()
        for card in template.get("elements") or ():
            yield from card.get("buttons") or ()


@dataclass(eq=False)
class Person:
    """A citizen as the Page knows them: a PSID and a thread."""

    psid: str
    name: str
    thread: list[Bubble] = field(default_factory=list)
    last_action: datetime | None = None
    blocked: bool = False
    thread_open: bool = False
    typing_until: datetime | None = None
    seen: bool = False

    def bubble(self, mid: str) -> Bubble:
        """LookupError when the thread has no such message."""
        for bubble in self.thread:
            if bubble.mid == mid:
                return bubble
        raise LookupError(f"no message {mid}")

    def offered(self) -> list[Payload]:
        """The quick replies on screen: those of the newest message alone."""
        return self.thread[-1].quick_replies if self.thread else []

    def button(self, payload: str) -> Payload | None:
        """The newest postback button with this payload; buttons stay when the thread goes on."""
        for bubble in reversed(self.thread):
            for button in bubble.buttons():
                if button.get("payload") == payload and not bubble.deleted:
                    return button
        return None

    def said_to_them(self) -> list[str]:
        """The texts of the Page, app and staff, oldest first; for tests that read like a chat."""
        return [bubble.text for bubble in self.thread if bubble.author != "person"]


@dataclass(eq=False)
class Comment:
    """A comment under a post of the Page."""

    comment_id: str
    post_id: str
    parent_id: str
    author: Person | None
    text: str
    at: datetime
    hidden: bool = False
    removed: bool = False
    private_reply: bool = False
