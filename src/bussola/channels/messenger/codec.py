"""From the body of a webhook call to what happened on the page: no I/O, nothing logged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from bussola.channels.messenger.fields import (
    Json,
    event_key,
    flag,
    ident,
    mid_key,
    moment,
    rows,
    section,
    words,
)
from bussola.channels.messenger.kinds import Kind, Reading, read_comment, read_event, unknown

__all__ = ["Happening", "Kind", "Unreadable", "happenings"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_DIGITS = 30


class Unreadable(ValueError):
    """The body is not a call about a page: not UTF-8 JSON, or not an object of that kind."""


@dataclass(frozen=True)
class Happening:
    """One thing that happened on the page, whatever the platform calls it.

    `person_id` is the page-scoped id, "" where there is none; what the page itself did stands
    under the person it did it to. `key` (at most 64 of A-Z a-z 0-9 _ -) is the same whenever the
    same event comes again; it is unique within a page. `at` is UTC. `payload` is a pressed
    button's. `detail` by kind, every value of ours or a short string of theirs:

    message, quick_reply, attachment: types, sticker_id, referral {ref, source, type} where given
    postback, referral: referral. echo: app_id, metadata, mid, and types, sticker_id where given
    edit, deleted: of (the key of the message). reaction: action, reaction, emoji, of
    read: watermark (milliseconds or None). delivery: watermark, mids. optin: type, ref
    account_linking: status. handover: act (take, pass, request), app_id
    comment: comment_id, post_id, parent_id, verb (add, edited, remove), from_id
    standby: kind, and the detail of that kind. unknown: fields (names, never values)
    """

    kind: Kind
    page_id: str
    person_id: str
    key: str
    at: datetime
    text: str = ""
    payload: str = ""
    detail: Json = field(default_factory=dict)


@dataclass(frozen=True)
class _Envelope:
    """What an entry says of all its events; `sent_at` in milliseconds stands in for bad times."""

    page_id: str
    sent_at: int

    def happening(self, reading: Reading, person_id: str = "", stamp: Any = None) -> Happening:
        at = moment(stamp)
        content = (self.page_id, reading.kind, person_id, at or stamp, reading.content)
        return Happening(
            kind=reading.kind,
            page_id=self.page_id,
            person_id=person_id,
            key=mid_key(reading.mid) if reading.mid else event_key(*content),
            at=_EPOCH + timedelta(milliseconds=at or reading.at or self.sent_at),
            text=reading.text,
            payload=reading.payload,
            detail=reading.detail,
        )


def happenings(body: bytes, received_at: datetime | None = None) -> list[Happening]:
    """Everything in a call, earliest first; an event that makes no sense is one of kind unknown.

    `received_at` (aware; now by default) is the time of events that bear no usable one.
    Raises Unreadable, and nothing else, when the whole call is not about a page.
    """
    received = (received_at or datetime.now(UTC)) - _EPOCH
    now = received // timedelta(milliseconds=1)
    found = [one for entry in rows(_call(body).get("entry")) for one in _entry(entry, now)]
    return sorted(found, key=lambda happening: happening.at)


def _call(body: bytes) -> Json:
    try:
        call = json.loads(body.decode(), parse_int=_whole_number, parse_constant=_no_number)
    except (ValueError, RecursionError):
        call = None
    if not isinstance(call, dict) or call.get("object") != "page":
        # Raised out here, without the first error: that one quotes what a citizen wrote.
        raise Unreadable("not a call about a page")
    return call


def _whole_number(digits: str) -> int | str:
    """Python refuses numbers of thousands of digits: such a one may not spoil the whole call."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits[:_MOST_DIGITS]


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _entry(entry: Any, now: int) -> Iterator[Happening]:
    if not isinstance(entry, dict):
        yield _Envelope("", now).happening(unknown(entry))
        return
    envelope = _Envelope(ident(entry.get("id")), moment(entry.get("time")) or now)
    for event in rows(entry.get("messaging")):
        yield _event(event, envelope)
    for event in rows(entry.get("standby")):
        yield _standby(event, envelope)
    for change in rows(entry.get("changes")):
        yield _change(change, envelope)


def _event(event: Any, envelope: _Envelope) -> Happening:
    """An event of a conversation; without a person it is unknown, whatever else it says."""
    if not isinstance(event, dict):
        return envelope.happening(unknown(event))
    sender, recipient = (_id_of(event.get(side)) for side in ("sender", "recipient"))
    is_echo = flag(section(event.get("message")).get("is_echo"))
    by_page = is_echo or (sender != "" and sender == envelope.page_id)
    person_id = recipient if by_page else sender
    if person_id in ("", envelope.page_id):
        return envelope.happening(unknown(event), "", event.get("timestamp"))
    return envelope.happening(read_event(event, by_page), person_id, event.get("timestamp"))


def _id_of(party: Any) -> str:
    return ident(section(party).get("id"))


def _standby(event: Any, envelope: _Envelope) -> Happening:
    """What we only overhear, while somebody else has the conversation: never a kind to answer."""
    heard = _event(event, envelope)
    return replace(heard, kind="standby", payload="", detail=heard.detail | {"kind": heard.kind})


def _change(change: Any, envelope: _Envelope) -> Happening:
    """A change of the page: comments, and conversation events that come in this form too."""
    topic, value = words(section(change).get("field")), section(change).get("value")
    if topic == "standby":
        return _standby(value, envelope)
    if topic.startswith("messag"):
        return _event(value, envelope)
    comment = read_comment(section(value)) if topic == "feed" else None
    if comment is not None:
        return envelope.happening(comment)
    return envelope.happening(unknown(value), "", section(value).get("created_time"))
