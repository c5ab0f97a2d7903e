"""The page before anybody writes: greeting, Get Started, ice breakers, the standing menu."""

from __future__ import annotations

from typing import Any

from bussola.channels.messenger.splitting import shortened
from bussola.conversations.ports import Texts

_LOCALES = ("default", "it_IT")
_GREETING_LIMIT, _QUESTION_LIMIT, _TITLE_LIMIT = 160, 80, 30
_MOST_ICE_BREAKERS = 4
_NAMES = {
    "greeting": ("Manca", "Diverso", "il saluto"),
    "get_started": ("Manca", "Diverso", "il pulsante «Inizia»"),
    "ice_breakers": ("Mancano", "Diverse", "le prime domande"),
    "persistent_menu": ("Manca", "Diverso", "il menu fisso"),
}
"""How staff read that each is missing or other."""


def profile(texts: Texts, themes: list[tuple[str, str]]) -> dict[str, Any]:
    """The body of a `messenger_profile` call; `themes` are (id, label) pairs.

    Payloads "0:..." are standing buttons: they belong to no event.
    """
    greeting = shortened(texts.say("messenger_greeting"), _GREETING_LIMIT, whole_words=True)
    return {
        "greeting": [{"locale": locale, "text": greeting} for locale in _LOCALES],
        "get_started": {"payload": "0:start"},
        "ice_breakers": [
            {"locale": locale, "call_to_actions": _ice_breakers(texts, themes)}
            for locale in _LOCALES
        ],
        "persistent_menu": [
            {
                "locale": "default",
                "composer_input_disabled": False,
                "call_to_actions": _menu(texts),
            }
        ],
    }


def _ice_breakers(texts: Texts, themes: list[tuple[str, str]]) -> list[dict[str, str]]:
    """The first themes, and always a person."""
    asked = [
        (label, f"0:t{place}") for place, (_, label) in enumerate(themes[: _MOST_ICE_BREAKERS - 1])
    ]
    asked.append((texts.say("standing_person"), "0:person"))
    return [
        {"question": shortened(words, _QUESTION_LIMIT), "payload": payload}
        for words, payload in asked
    ]


def _menu(texts: Texts) -> list[dict[str, str]]:
    items = (
        (texts.say("standing_menu"), "0:menu"),
        (texts.say("standing_person"), "0:person"),
        (texts.say("standing_forget"), "0:forget"),
    )
    return [
        {"type": "postback", "title": shortened(title, _TITLE_LIMIT), "payload": payload}
        for title, payload in items
    ]


def differences(wanted: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What the page has not or has otherwise, a line each in plain Italian; empty when the same.

    `found` is what the Graph API returns, with or without its `data` list around. What the
    platform adds to our items by itself is no difference.
    """
    shown = found.get("data", found)
    if isinstance(shown, list):
        shown = {key: value for part in shown for key, value in part.items()}
    return [line for key, value in wanted.items() for line in _part(key, value, shown.get(key))]


def _part(key: str, wanted: object, found: object) -> list[str]:
    """The lines about one part of the profile; most parts are lists with an item a locale."""
    missing, other, name = _NAMES[key]
    if not found:
        return [f"{missing} {name}."]
    if not isinstance(wanted, list) or not isinstance(found, list):
        return [] if _same(wanted, found) else [f"{other} {name}: {_instead(wanted, found)}"]
    ours, theirs = ({item["locale"]: item for item in items} for items in (wanted, found))
    lines: list[str] = []
    for locale, item in ours.items():
        where = f"{name} per la lingua {locale}"
        if locale not in theirs:
            lines.append(f"{missing} {where}.")
            continue
        lines += [
            f"{other} {where}: {_instead(value, theirs[locale].get(field))}"
            for field, value in item.items()
            if not _same(value, theirs[locale].get(field))
        ]
    extra = sorted(theirs.keys() - ours.keys())
    return lines + [f"C'è in più {name} per la lingua {locale}." for locale in extra]


def _instead(wanted: object, found: object) -> str:
    return f"deve essere {_short(wanted)}, invece è {_short(found)}."


def _short(value: object) -> str:
    """A value as staff read it: words and payloads, without the frame around them."""
    if isinstance(value, list):
        return "; ".join(map(_short, value))
    if isinstance(value, dict):
        shown = value.get("question") or value.get("title") or ""
        payload = value.get("payload", "")
        return f"«{shown}» ({payload})" if shown else f"«{payload}»"
    if value is None:
        return "niente"
    return {True: "sì", False: "no"}[value] if isinstance(value, bool) else f"«{value}»"


def _same(wanted: object, found: object) -> bool:
    """True when `found` holds all of `wanted`; False and absent are the same."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_same(v, found.get(k)) for k, v in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(found, list) and len(wanted) == len(found) and all(map(_same, wanted, found))
        )
    return wanted == found or (wanted is False and found is None)
