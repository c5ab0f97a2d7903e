"""What citizens and the Page's staff do on Messenger; each act becomes webhook events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from bussola.testing.messenger.people import Bubble, Person, scoped_id
from bussola.testing.messenger.world import PAGE_INBOX, World

Payload = dict[str, Any]
Attachment = Literal["image", "audio", "video", "file", "location", "sticker", "fallback"]
_MEDIA = "https://media.simulator.invalid"
_STICKER = 369239263222822
_MOST_EDITS = 5


class Acts(World):
    """Every act returns the message id it made, or the one it is about, "" if there is none.

    LookupError: the person cannot do this now, for the thing is not on their screen.
    PermissionError: the person has blocked the Page.
    """

    def say(self, person: Person, text: str, *, reply_to: str = "") -> str:
        """A plain text; `reply_to` is the mid that it quotes."""
        message: Payload = {"text": text}
        if reply_to:
            message["reply_to"] = {"mid": person.bubble(reply_to).mid}
        return self._write(person, message)

    def tap(self, person: Person, payload: str, title: str | None = None) -> str:
        """A quick reply of the newest message; with a `title`, one that just left the screen."""
        offered = [one for one in person.offered() if one.get("payload") == payload]
        if title is None and not offered:
            raise LookupError(f"no quick reply {payload} on screen")
        text = title if title is not None else str(offered[0]["title"])
        return self._write(person, {"text": text, "quick_reply": {"payload": payload}})

    def press(self, person: Person, payload: str, title: str | None = None) -> str:
        """A postback button of any template in the thread; with a `title`, whatever is given."""
        button = person.button(payload)
        if title is None and button is None:
            raise LookupError(f"no button {payload} in the thread")
        return self._postback(person, title or str((button or {}).get("title", "")), payload)

    def get_started(self, person: Person, payload: str = "", ref: str = "") -> str:
        """The first button of a new thread; `ref` when it was opened through an m.me link."""
        payload = payload or self.profile.start_payload()
        if not payload:
            raise LookupError("the profile has no Get Started button")
        return self._postback(person, "Inizia", payload, ref)

    def ice_breaker(self, person: Person, payload: str) -> str:
        for one in self.profile.ice_breakers():
            if one["payload"] == payload:
                return self._postback(person, str(one["question"]), payload)
        raise LookupError(f"no ice breaker {payload}")

    def menu(self, person: Person, payload: str) -> str:
        """A postback item of the persistent menu."""
        for item in self.profile.menu():
            if item.get("payload") == payload:
                return self._postback(person, str(item["title"]), payload)
        raise LookupError(f"no menu item {payload}")

    def send_attachment(self, person: Person, kind: Attachment = "image", text: str = "") -> str:
        """Since 30 August 2026 a sticker is its own kind and no longer an image."""
        payload: Payload = {"url": f"{_MEDIA}/{kind}"}
        attachment: Payload = {"type": kind, "payload": payload}
        if kind == "sticker":
            payload["sticker_id"] = _STICKER
        elif kind == "location":
            payload["coordinates"] = {"lat": 41.8931, "long": 12.4828}
            attachment["title"] = "Posizione"
        elif kind == "fallback":
            attachment["title"] = "Un link condiviso"
        message: Payload = {"text": text} if text else {}
        return self._write(person, {**message, "attachments": [attachment]})

    def react(self, person: Person, mid: str = "", *, remove: bool = False) -> str:
        """A heart on a message, by default the newest of the Page; or taken off again."""
        bubble = (
            person.bubble(mid) if mid else self._newest(person, lambda one: one.author != "person")
        )
        self._act(person)
        bubble.reaction = "" if remove else "❤"
        reaction: Payload = {"action": "unreact" if remove else "react", "mid": bubble.mid}
        if not remove:
            reaction |= {"reaction": "love", "emoji": "❤"}
        self.emit(person, "message_reactions", {"reaction": reaction})
        return bubble.mid

    def edit(self, person: Person, text: str, mid: str = "") -> str:
        """Another text in the same message, at most five times; it does not open the window."""
        bubble = person.bubble(mid) if mid else self._newest(person, lambda one: one.plain)
        if not bubble.plain or bubble.edits == _MOST_EDITS:
            raise LookupError("this message cannot be edited")
        self._not_blocked(person)
        bubble.message, bubble.edits = {**bubble.message, "text": text}, bubble.edits + 1
        change = {"mid": bubble.mid, "text": text, "num_edit": bubble.edits}
        self.emit(person, "message_edits", {"message_edit": change})
        return bubble.mid

    def unsend(self, person: Person, mid: str = "") -> str:
        """Taken back for everyone: the same mid comes again, deleted."""
        bubble = person.bubble(mid) if mid else self._newest(person, _can_be_unsent)
        if not _can_be_unsent(bubble):
            raise LookupError("this message cannot be taken back")
        bubble.message, bubble.deleted = {}, True
        self.emit(person, "messages", {"message": {"mid": bubble.mid, "is_deleted": True}})
        return bubble.mid

    def open_ref(self, person: Person, ref: str) -> None:
        """An m.me link with `ref` on a thread that exists."""
        self._act(person)
        referral = {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
        self.emit(person, "messaging_referrals", {"referral": referral})

    def read(self, person: Person) -> None:
        self.mark_read(person)

    def block(self, person: Person, blocked: bool = True) -> None:
        """The app is not told; it finds out by error 551."""
        person.blocked = blocked

    def page_inbox_says(self, person: Person, text: str) -> str:
        """A colleague writes from the Page's own inbox: the app sees an echo of another app."""
        bubble = self.add_bubble(person, "inbox", {"text": text})
        self.echo(person, bubble, str(PAGE_INBOX))
        self.shown(person, bubble)
        return bubble.mid

    def standby(self, person: Person, text: str, *, postback: bool = False) -> str:
        """While another app has the thread: a message, or a button without its payload."""
        self._act(person)
        bubble = self.add_bubble(person, "person", {"text": text})
        event: Payload = {"message": {"mid": bubble.mid, "text": text}}
        if postback:
            event = {"postback": {"mid": bubble.mid, "title": text}}
        self.emit(person, "standby", event, container="standby")
        return bubble.mid

    def hand_over(self, person: Person, act: Literal["take", "pass", "request"]) -> None:
        """Thread control goes from our app to the Page inbox, comes back, or is asked for."""
        events: dict[str, Payload] = {
            "take": {"take_thread_control": {"previous_owner_app_id": self.app_id}},
            "pass": {
                "pass_thread_control": {
                    "previous_owner_app_id": str(PAGE_INBOX),
                    "new_owner_app_id": self.app_id,
                }
            },
            "request": {"request_thread_control": {"requested_owner_app_id": str(PAGE_INBOX)}},
        }
        next(iter(events[act].values()))["metadata"] = ""
        self.emit(person, "messaging_handovers", events[act])

    def other_event(self, person: Person, field: str, fields: Payload) -> None:
        """Any other event, also one that nobody has heard of, subscribed as `field`."""
        self.emit(person, field, fields)

    def comment(self, name: str, text: str, post_id: str = "", parent_id: str = "") -> str:
        """A comment under a post of the Page; its author's id is not a PSID. The comment id."""
        post = post_id or f"{self.page_id}_1001"
        comment = self.new_comment(self.person(name), text, post, parent_id or post)
        self.put_comment(comment, "add", self._author(name))
        return comment.comment_id

    def remove_comment(self, comment_id: str) -> None:
        comment = self.comments[comment_id]
        comment.removed = True
        name = comment.author.name if comment.author else ""
        self.put_comment(comment, "remove", self._author(name))

    def _author(self, name: str) -> Payload:
        return {"id": scoped_id("feed", name), "name": name}

    def _write(self, person: Person, message: Payload) -> str:
        self._act(person)
        bubble = self.add_bubble(person, "person", dict(message))

        def delivered() -> None:
            bubble.delivered = True

        event = {"message": {"mid": bubble.mid, **message}}
        self.emit(person, "messages", event, on_delivered=delivered)
        return bubble.mid

    def _postback(self, person: Person, title: str, payload: str, ref: str = "") -> str:
        self._act(person)
        bubble = self.add_bubble(person, "person", {"text": title, "postback": payload})
        postback: Payload = {"mid": bubble.mid, "title": title, "payload": payload}
        if ref:
            postback["referral"] = {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
        self.emit(person, "messaging_postbacks", {"postback": postback})
        return bubble.mid

    def _act(self, person: Person) -> None:
        """An act of the person's own: it opens the window."""
        self._not_blocked(person)
        person.last_action = self.clock.now()
        person.seen = False

    def _not_blocked(self, person: Person) -> None:
        if person.blocked:
            raise PermissionError("the person has blocked the Page")

    def _newest(self, person: Person, fits: Callable[[Bubble], bool]) -> Bubble:
        for bubble in reversed(person.thread):
            if fits(bubble):
                return bubble
        raise LookupError("there is no such message")


def _can_be_unsent(bubble: Bubble) -> bool:
    """A pressed button was never a message."""
    return bubble.author == "person" and not bubble.deleted and "postback" not in bubble.message
