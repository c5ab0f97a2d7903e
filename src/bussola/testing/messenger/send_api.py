"""What a call to /messages does: checks in the platform's order, then the message is there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bussola.testing.messenger import windows
from bussola.testing.messenger.acts import Acts
from bussola.testing.messenger.errors import (
    FAULTS,
    NO_SUCH_PERSON,
    Fault,
    GraphError,
    invalid,
    unavailable,
)
from bussola.testing.messenger.limits import check_message
from bussola.testing.messenger.people import Comment, Person

Payload = dict[str, Any]
TYPING = timedelta(seconds=20)
_ACTIONS = {"typing_on", "typing_off", "mark_seen"}


@dataclass(frozen=True)
class Send:
    """A message that the platform accepted."""

    psid: str
    message: Payload
    metadata: str
    mid: str
    at: datetime
    messaging_type: str
    tag: str

    @property
    def text(self) -> str:
        return str(self.message.get("text", ""))


class SendApi(Acts):
    """The Page's messages. `human_agent`: the app is approved for the Human Agent feature."""

    def __init__(
        self, app_id: str, app_secret: str, page_id: str, webhook_url: str, *, human_agent: bool
    ) -> None:
        super().__init__(app_id, app_secret, page_id, webhook_url)
        self.human_agent = human_agent
        self.sends: list[Send] = []
        self._faults: deque[str] = deque()

    def fail_next(self, count: int = 1, kind: Fault = "500") -> None:
        """The next `count` sends of a message fail so; typing signs are not touched."""
        if kind not in FAULTS:
            raise ValueError(f"unknown fault {kind}")
        self._faults.extend([kind] * count)

    @property
    def ordered_faults(self) -> list[str]:
        return list(self._faults)

    def next_fault(self) -> str:
        """The fault for the message that comes now, "" for none."""
        return self._faults.popleft() if self._faults else ""

    def accept(self, call: Payload) -> Payload:
        """A call to /messages: checked, done, answered. GraphError as the platform refuses."""
        recipient = call.get("recipient")
        if not isinstance(recipient, dict):
            raise invalid("Param recipient must be non-empty")
        if "sender_action" in call:
            return self._accept_action(recipient, call)
        check_message(call.get("message"))
        windows.check_kind(call.get("messaging_type"), call.get("tag"))
        if "comment_id" in recipient:
            person = self._private_reply(str(recipient["comment_id"]))
        else:
            person = self._recipient(recipient)
            window = windows.state(person.last_action, self.clock.now())
            windows.check_window(window, str(call["messaging_type"]), approved=self.human_agent)
        return self._deliver(person, call)

    def to(self, person: Person) -> list[Send]:
        """What the app has sent to this person, oldest first."""
        return [send for send in self.sends if send.psid == person.psid]

    def _deliver(self, person: Person, call: Payload) -> Payload:
        message = call["message"]
        bubble = self.add_bubble(person, "app", message)
        person.typing_until = None
        metadata, tag = str(message.get("metadata") or ""), str(call.get("tag") or "")
        kind = str(call["messaging_type"])
        self.sends.append(Send(person.psid, message, metadata, bubble.mid, bubble.at, kind, tag))
        self.echo(person, bubble, self.app_id)
        self.shown(person, bubble)
        return {"recipient_id": person.psid, "message_id": bubble.mid}

    def _accept_action(self, recipient: Payload, call: Payload) -> Payload:
        action = call["sender_action"]
        if action not in _ACTIONS or "message" in call:
            raise invalid("Param sender_action is not valid here")
        person = self._recipient(recipient)
        windows.check_window(
            windows.state(person.last_action, self.clock.now()),
            "RESPONSE",
            approved=self.human_agent,
        )
        if action == "mark_seen":
            person.seen = True
        else:
            person.typing_until = self.clock.now() + TYPING if action == "typing_on" else None
        return {"recipient_id": person.psid}

    def _recipient(self, recipient: Payload) -> Person:
        person = self.people.get(str(recipient.get("id")))
        if person is None:
            raise invalid("No matching user found", NO_SUCH_PERSON)
        if person.blocked:
            raise unavailable()
        return person

    def _private_reply(self, comment_id: str) -> Person:
        """Its author; once for each comment, within seven days. It does not open the window."""
        comment = self.live_comment(comment_id)
        if comment.author is None:
            raise invalid("The Page cannot reply in private to itself")
        if comment.private_reply:
            raise GraphError(10900, "Activity already replied to")
        if self.clock.now() - comment.at > windows.PRIVATE_REPLY:
            raise GraphError(10901, "The comment is too old for a private reply")
        if comment.author.blocked:
            raise unavailable()
        comment.private_reply = True
        return comment.author

    def live_comment(self, comment_id: str) -> Comment:
        """GraphError 100/33 when it is not there or was removed."""
        comment = self.comments.get(comment_id)
        if comment is None or comment.removed:
            raise GraphError(
                100, "The object does not exist", subcode=33, kind="GraphMethodException"
            )
        return comment
