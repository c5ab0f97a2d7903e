"""What the acts of citizens and the Graph API both work on: people, comments, profile, queue."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from bussola.testing.messenger.clock import MovableClock
from bussola.testing.messenger.courier import Courier
from bussola.testing.messenger.people import Author, Bubble, Comment, Person, new_mid, scoped_id
from bussola.testing.messenger.profile import Profile
from bussola.testing.messenger.webhook_queue import Container, Happened, WebhookQueue

Payload = dict[str, Any]
PAGE_INBOX = 263902037430900
"""The app id of the Page's own inbox, as it stands in echoes."""


class World:
    """State without I/O; events go to `queue`, from where `courier` takes them."""

    def __init__(self, app_id: str, app_secret: str, page_id: str, webhook_url: str) -> None:
        self.app_id = app_id
        self.page_id = page_id
        self.app_secret = app_secret
        self.clock = MovableClock()
        self.queue = WebhookQueue(page_id, self.clock)
        self.courier = Courier(self.queue, self.clock, webhook_url, app_secret)
        self.profile = Profile()
        self.people: dict[str, Person] = {}
        self.comments: dict[str, Comment] = {}

    def person(self, name: str) -> Person:
        """The citizen of this name; made at the first call."""
        psid = scoped_id(self.page_id, name)
        return self.people.setdefault(psid, Person(psid, name))

    def emit(
        self,
        person: Person,
        field: str,
        fields: Payload,
        *,
        by_page: bool = False,
        container: Container = "messaging",
        on_delivered: Callable[[], None] | None = None,
    ) -> None:
        """An event of a thread, for those subscribed to `field`; an echo is sent `by_page`."""
        sender, recipient = person.psid, self.page_id
        if by_page:
            sender, recipient = recipient, sender
        item = {
            "sender": {"id": sender},
            "recipient": {"id": recipient},
            "timestamp": self.clock.stamp(),
            **fields,
        }
        self.queue.put(Happened(field, container, item, on_delivered))

    def add_bubble(self, person: Person, author: Author, message: Payload) -> Bubble:
        bubble = Bubble(new_mid(), author, self.clock.now(), message)
        person.thread.append(bubble)
        return bubble

    def echo(self, person: Person, bubble: Bubble, app_id: str) -> None:
        """What the Page wrote comes back to every app subscribed to echoes."""
        message: Payload = {
            "mid": bubble.mid,
            "is_echo": True,
            "app_id": int(app_id) if app_id.isdigit() else app_id,
        }
        message |= {
            name: bubble.message[name]
            for name in ("text", "metadata", "quick_replies")
            if name in bubble.message
        }
        if "attachment" in bubble.message:
            message["attachments"] = [bubble.message["attachment"]]
        self.emit(person, "message_echoes", {"message": message}, by_page=True)

    def shown(self, person: Person, bubble: Bubble) -> None:
        """A bubble of the Page reached the phone: delivered, and read when the thread is open."""
        bubble.delivered = True
        watermark = self.clock.stamp()
        delivery = {"mids": [bubble.mid], "watermark": watermark}
        self.emit(person, "message_deliveries", {"delivery": delivery})
        if person.thread_open:
            self.mark_read(person)

    def mark_read(self, person: Person) -> None:
        """The person has read all that the Page wrote so far."""
        for bubble in person.thread:
            bubble.read = bubble.read or bubble.author != "person"
        self.emit(person, "message_reads", {"read": {"watermark": self.clock.stamp()}})

    def put_comment(self, comment: Comment, verb: str, author: Payload) -> None:
        """The "feed" change for a comment; also the Page's own comments come back this way."""
        value: Payload = {
            "from": author,
            "item": "comment",
            "verb": verb,
            "comment_id": comment.comment_id,
            "post_id": comment.post_id,
            "parent_id": comment.parent_id,
            "created_time": int(comment.at.timestamp()),
        }
        if verb != "remove":
            value["message"] = comment.text
        self.queue.put(Happened("feed", "changes", {"field": "feed", "value": value}))

    def new_comment(
        self, author: Person | None, text: str, post_id: str, parent_id: str
    ) -> Comment:
        """`author` None is the Page itself."""
        number = f"{post_id.rsplit('_', 1)[-1]}_{secrets.randbelow(10**15) + 10**14}"
        comment = Comment(number, post_id, parent_id, author, text, self.clock.now())
        self.comments[comment.comment_id] = comment
        return comment
