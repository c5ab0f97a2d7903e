"""What the Send API accepts as a message: lengths, counts and kinds.

Lengths are counted in UTF-16 units, so that an emoji is two: never fewer than the code points.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bussola.testing.messenger.errors import EMPTY_MESSAGE, invalid

Payload = dict[str, Any]
TEXT = 2000
METADATA = 1000
PAYLOAD = 1000
QUICK_REPLIES = 13
TITLE = 20
BUTTON_TEXT = 640
BUTTONS = 3
CARDS = 10
CARD_LINE = 80
_MEDIA = {"image", "audio", "video", "file"}


def length(text: str) -> int:
    """In UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def within(value: Any, most: int, where: str, least: int = 1) -> str:
    """`value` when it is a text of `least` to `most` units; else code 100 naming `where`."""
    if not isinstance(value, str):
        raise invalid(f"Param {where} must be a string")
    if not least <= length(value) <= most:
        raise invalid(f"Length of param {where} must be between {least} and {most}")
    return value


def check_message(message: Any) -> None:
    """GraphError 100 for the first thing in a "message" object that the platform would refuse."""
    if not isinstance(message, dict) or not message:
        raise invalid("Param message must be non-empty", EMPTY_MESSAGE)
    contents = [name for name in ("text", "attachment", "sticker_id") if message.get(name)]
    if not contents:
        raise invalid("Message cannot be empty", EMPTY_MESSAGE)
    if len(contents) > 1:
        raise invalid("Message holds either text or an attachment")
    if "text" in message:
        within(message["text"], TEXT, "message[text]")
    if "attachment" in message:
        _check_attachment(message["attachment"])
    if message.get("metadata") is not None:
        within(message["metadata"], METADATA, "message[metadata]", 0)
    if message.get("quick_replies") is not None:
        _check_quick_replies(message["quick_replies"])


def _check_quick_replies(replies: Any) -> None:
    if not isinstance(replies, list) or not 1 <= len(replies) <= QUICK_REPLIES:
        raise invalid(f"Param message[quick_replies] must hold 1 to {QUICK_REPLIES} items")
    for number, reply in enumerate(replies):
        where = f"message[quick_replies][{number}]"
        if not isinstance(reply, dict):
            raise invalid(f"Param {where} must be an object")
        kind = reply.get("content_type")
        if kind in {"user_phone_number", "user_email"}:
            continue
        if kind != "text":
            raise invalid(f"Param {where}[content_type] is not valid")
        within(reply.get("title"), TITLE, f"{where}[title]")
        within(reply.get("payload"), PAYLOAD, f"{where}[payload]")


def _check_attachment(attachment: Any) -> None:
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        raise invalid("Param message[attachment] must have type and payload")
    payload = attachment["payload"]
    if attachment.get("type") in _MEDIA:
        if not (payload.get("url") or payload.get("attachment_id")):
            raise invalid("Param message[attachment][payload][url] is required")
        return
    if attachment.get("type") != "template":
        raise invalid("Param message[attachment][type] is not valid")
    template = _TEMPLATES.get(str(payload.get("template_type")))
    if template is None:
        raise invalid("Param message[attachment][payload][template_type] is not valid")
    template(payload)


def _check_button_template(payload: Payload) -> None:
    within(payload.get("text"), BUTTON_TEXT, "message[attachment][payload][text]")
    check_buttons(payload.get("buttons"), least=1)


def _check_generic_template(payload: Payload) -> None:
    cards = payload.get("elements")
    if not isinstance(cards, list) or not 1 <= len(cards) <= CARDS:
        raise invalid(f"Param elements must hold 1 to {CARDS} cards")
    for number, card in enumerate(cards):
        if not isinstance(card, dict):
            raise invalid(f"Param elements[{number}] must be an object")
        within(card.get("title"), CARD_LINE, f"elements[{number}][title]")
        if card.get("subtitle") is not None:
            within(card["subtitle"], CARD_LINE, f"elements[{number}][subtitle]", 0)
        check_buttons(card.get("buttons") or [], least=0)


_TEMPLATES: dict[str, Callable[[Payload], None]] = {
    "button": _check_button_template,
    "generic": _check_generic_template,
}


def check_buttons(
    buttons: Any, *, least: int, most: int = BUTTONS, title: int = TITLE, where: str = "buttons"
) -> None:
    """Buttons of a template or items of a menu."""
    if not isinstance(buttons, list) or not least <= len(buttons) <= most:
        raise invalid(f"Param {where} must hold {least} to {most} items")
    for number, button in enumerate(buttons):
        if not isinstance(button, dict):
            raise invalid(f"Param {where}[{number}] must be an object")
        _check_button(button, title, f"{where}[{number}]")


def _check_button(button: Payload, title: int, where: str) -> None:
    kind = button.get("type")
    if kind == "account_link":
        _check_link(button.get("url"), where)
        return
    within(button.get("title"), title, f"{where}[title]")
    if kind == "postback":
        within(button.get("payload"), PAYLOAD, f"{where}[payload]")
    elif kind == "web_url":
        _check_link(button.get("url"), where)
    elif kind == "phone_number":
        if not str(button.get("payload", "")).startswith("+"):
            raise invalid(f"Param {where}[payload] must be a number that starts with +")
    else:
        raise invalid(f"Param {where}[type] is not valid")


def _check_link(url: Any, where: str) -> None:
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise invalid(f"Param {where}[url] must be a web address")
