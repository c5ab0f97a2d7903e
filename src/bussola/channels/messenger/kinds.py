"""What a single event says: one reader for each kind that the platform documents.

Shapes: developers.facebook.com, Messenger Platform, webhook events. A reader returns None when
its part makes no sense; the event is then unknown, and only its fields' names are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from bussola.channels.messenger.fields import (
    MOST_CHARACTERS,
    Json,
    flag,
    ident,
    mid_key,
    moment,
    names,
    rows,
    section,
    words,
)

Kind = Literal[
    "message", "quick_reply", "postback", "attachment", "reaction", "read", "delivery",
    "referral", "optin", "account_linking", "edit", "deleted", "echo", "standby", "handover",
    "comment", "unknown",
]  # fmt: skip
_ACTS = {
    "pass_thread_control": "pass",
    "take_thread_control": "take",
    "request_thread_control": "request",
}
_VERBS = {"add": "add", "edited": "edited", "edit": "edited", "remove": "remove"}
_FROM_THE_PAGE: tuple[Kind, ...] = ("echo", "deleted", "handover")


@dataclass(frozen=True)
class Reading:
    """What an event says, before it is settled whose it is and when.

    `mid` is the event's own id; `content` tells apart events that have none. `at` (milliseconds)
    is a time inside the event that counts when nothing better is given.
    """

    kind: Kind
    text: str = ""
    payload: str = ""
    detail: Json = field(default_factory=dict)
    mid: str = ""
    content: Any = None
    at: int | None = None


def unknown(event: Any) -> Reading:
    """An event that we do not understand: counted by its fields' names, values only hashed."""
    return Reading("unknown", detail={"fields": names(event)}, content=event)


def read_event(event: Json, by_page: bool) -> Reading:
    """A row of ``messaging`` or ``standby``; `by_page` when the page itself did it."""
    reading = _message(section(event.get("message")), by_page)
    for name, reader in _READERS.items():
        if reading is None and isinstance(event.get(name), dict):
            reading = reader(event[name])
    if reading is None or (by_page and reading.kind not in _FROM_THE_PAGE):
        return unknown(event)
    return reading


def read_comment(value: Json) -> Reading | None:
    """A comment under a post of the page, from a change of its feed; None for anything else."""
    comment_id = ident(value.get("comment_id"))
    verb = _VERBS.get(words(value.get("verb")))
    if value.get("item") != "comment" or not comment_id or verb is None:
        return None
    text = "" if verb == "remove" else words(value.get("message"), MOST_CHARACTERS)
    created = moment(value.get("created_time"))
    detail = {
        "comment_id": comment_id,
        "post_id": ident(value.get("post_id")),
        "parent_id": ident(value.get("parent_id")),
        "verb": verb,
        "from_id": ident(section(value.get("from")).get("id")),
    }
    return Reading(
        "comment",
        text,
        detail=detail,
        content=[comment_id, verb, created, text],
        # What is edited or removed keeps the time when it was written: only the envelope knows.
        at=created if verb == "add" else None,
    )


def _message(part: Json, by_page: bool) -> Reading | None:
    """Deleted before echo before citizen: what the page wrote is never a citizen's message."""
    mid = words(part.get("mid"))
    text = words(part.get("text"), MOST_CHARACTERS)
    if flag(part.get("is_deleted")):
        return _change_of("deleted", mid)
    detail = _attachments(part)
    if by_page and part:
        app_id, metadata = ident(part.get("app_id")), words(part.get("metadata"))
        detail |= {"app_id": app_id, "metadata": metadata, "mid": mid}
        return Reading("echo", text, detail=detail, mid=mid, content=detail | {"text": text})
    return _citizen_message(part, mid, text, detail | _referral_of(part))


def _citizen_message(part: Json, mid: str, text: str, detail: Json) -> Reading | None:
    payload = words(section(part.get("quick_reply")).get("payload"))
    content = [text, payload, detail]
    if payload:
        return Reading("quick_reply", text, payload, detail, mid, content)
    if text:
        return Reading("message", text, "", detail, mid, content)
    if "types" in detail:
        return Reading("attachment", "", "", detail, mid, content)
    return None


def _attachments(part: Json) -> Json:
    """The kinds of what is attached, each once; addresses and places are not kept.

    Until August 2026 a sticker came as an image too: both have its id, and one sticker stays.
    """
    attached = [section(row) for row in rows(part.get("attachments"))]
    sticker_id = ident(part.get("sticker_id"))
    types: list[str] = []
    for row in attached:
        own_id = ident(section(row.get("payload")).get("sticker_id"))
        sticker_id = sticker_id or own_id
        types.append("sticker" if own_id else words(row.get("type"), 40) or "unknown")
    if sticker_id and "sticker" not in types:
        types = ["sticker", *(name for name in types if name != "image")]
    if flag(part.get("is_unsupported")) and not types:
        types = ["unsupported"]
    detail: Json = {"types": list(dict.fromkeys(types))} if types else {}
    return detail | ({"sticker_id": sticker_id} if sticker_id else {})


def _referral_of(part: Json) -> Json:
    """Where the person came from: a link, an advertisement, a code."""
    referral = part.get("referral")
    if not isinstance(referral, dict):
        return {}
    return {"referral": {name: words(referral.get(name)) for name in ("ref", "source", "type")}}


def _change_of(kind: Literal["edit", "deleted"], mid: str, text: str = "", n: Any = "") -> Reading:
    """A later change of the message `mid`: an event of its own, so it gets another key."""
    detail = {"of": mid_key(mid) if mid else ""}
    return Reading(kind, text, detail=detail, content=[mid, text, ident(n)])


def _edit(part: Json) -> Reading:
    text = words(part.get("text"), MOST_CHARACTERS)
    return _change_of("edit", words(part.get("mid")), text, part.get("num_edit"))


def _postback(part: Json) -> Reading:
    """Its mid is one more mark and not the key: the documents leave open which message it names."""
    payload, title = words(part.get("payload")), words(part.get("title"))
    content = [payload, title, words(part.get("mid"))]
    return Reading("postback", title, payload, _referral_of(part), content=content)


def _reaction(part: Json) -> Reading | None:
    """Taking a reaction back may come without saying which it was."""
    action, mid = part.get("action"), words(part.get("mid"))
    if action not in ("react", "unreact"):
        return None
    shown = {name: words(part.get(name), 64) for name in ("reaction", "emoji")}
    detail = {"action": action, "of": mid_key(mid) if mid else "", **shown}
    return Reading("reaction", detail=detail, content=detail)


def _read(part: Json) -> Reading:
    watermark = moment(part.get("watermark"))
    return Reading("read", detail={"watermark": watermark}, content=watermark, at=watermark)


def _delivery(part: Json) -> Reading:
    """`mids` are as in echoes; documented deliveries have no time but their watermark."""
    watermark = moment(part.get("watermark"))
    mids = [mid for row in rows(part.get("mids"))[:1000] if (mid := words(row))]
    detail = {"watermark": watermark, "mids": mids}
    return Reading("delivery", detail=detail, content=detail, at=watermark)


def _handover(act: str) -> Callable[[Json], Reading]:
    """`app_id` is who has the conversation from now on, or asks for it."""
    whose = "requested_owner_app_id" if act == "request" else "new_owner_app_id"

    def read(part: Json) -> Reading:
        detail = {"act": act, "app_id": ident(part.get(whose))}
        return Reading("handover", detail=detail, content=detail)

    return read


def _referral(part: Json) -> Reading:
    detail = _referral_of({"referral": part})
    return Reading("referral", detail=detail, content=detail)


def _optin(part: Json) -> Reading:
    """The token that would let us write unasked is not kept: we never do."""
    payload = words(part.get("payload"))
    detail = {name: words(part.get(name)) for name in ("type", "ref")}
    return Reading("optin", payload=payload, detail=detail, content=[payload, detail])


def _account_linking(part: Json) -> Reading:
    """The authorisation code is not kept."""
    detail = {"status": words(part.get("status"), 64)}
    return Reading("account_linking", detail=detail, content=detail)


_READERS: dict[str, Callable[[Json], Reading | None]] = {
    "message_edit": _edit,
    "message_edits": _edit,
    "postback": _postback,
    "reaction": _reaction,
    "read": _read,
    "delivery": _delivery,
    **{name: _handover(act) for name, act in _ACTS.items()},
    "referral": _referral,
    "optin": _optin,
    "account_linking": _account_linking,
}
