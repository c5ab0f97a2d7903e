"""The messenger profile of the Page: greeting, Get Started, ice breakers, persistent menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bussola.testing.messenger.errors import invalid
from bussola.testing.messenger.limits import PAYLOAD, check_buttons, within

Payload = dict[str, Any]
GREETING = 160
ICE_BREAKERS = 4
QUESTION = 80
MENU_ITEMS = 3
MENU_TITLE = 30


class Profile:
    """What the app has set, checked as the platform checks it."""

    def __init__(self) -> None:
        self.values: Payload = {}

    def change(self, fields: Payload) -> None:
        """All or nothing; GraphError 100 for the first wrong field."""
        if not fields:
            raise invalid("Nothing to set")
        for name, value in fields.items():
            check = _CHECKS.get(name)
            if check is None:
                raise invalid(f"Param {name} is not a field of the messenger profile")
            check(value)
        self._keep({**self.values, **fields})

    def drop(self, names: Any) -> None:
        """GraphError 100 for an unknown name, or when the menu would lose Get Started."""
        if not isinstance(names, list) or not names or not set(names) <= set(_CHECKS):
            raise invalid("Param fields must list fields of the messenger profile")
        self._keep({name: value for name, value in self.values.items() if name not in names})

    def _keep(self, values: Payload) -> None:
        if "persistent_menu" in values and "get_started" not in values:
            raise invalid("You must set a Get Started button to use a persistent menu")
        self.values = values

    def start_payload(self) -> str:
        """That of Get Started, "" when it is not set."""
        return str(self.values.get("get_started", {}).get("payload", ""))

    def ice_breakers(self, locale: str = "it_IT") -> list[Payload]:
        return list(_for(locale, self.values.get("ice_breakers", [])).get("call_to_actions", []))

    def menu(self, locale: str = "it_IT") -> list[Payload]:
        return list(_for(locale, self.values.get("persistent_menu", [])).get("call_to_actions", []))

    def greeting(self, locale: str = "it_IT") -> str:
        return str(_for(locale, self.values.get("greeting", [])).get("text", ""))


def _for(locale: str, sets: list[Payload]) -> Payload:
    by_locale = {one["locale"]: one for one in sets}
    return by_locale.get(locale) or by_locale.get("default") or {}


def _localized(value: Any, where: str) -> list[Payload]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise invalid(f"Param {where} must be a list of objects")
    locales = [one.get("locale") for one in value]
    if "default" not in locales or not all(isinstance(one, str) for one in locales):
        raise invalid(f"Param {where} needs the default locale")
    if len(set(locales)) != len(locales):
        raise invalid(f"Param {where} has a locale twice")
    return value


def _check_greeting(value: Any) -> None:
    for one in _localized(value, "greeting"):
        within(one.get("text"), GREETING, "greeting[text]")


def _check_get_started(value: Any) -> None:
    if not isinstance(value, dict):
        raise invalid("Param get_started must be an object")
    within(value.get("payload"), PAYLOAD, "get_started[payload]")


def _check_ice_breakers(value: Any) -> None:
    for one in _localized(value, "ice_breakers"):
        questions = one.get("call_to_actions")
        if not isinstance(questions, list) or not 1 <= len(questions) <= ICE_BREAKERS:
            raise invalid(f"Param ice_breakers must hold 1 to {ICE_BREAKERS} questions")
        for question in questions:
            if not isinstance(question, dict):
                raise invalid("Param ice_breakers[call_to_actions] must hold objects")
            within(question.get("question"), QUESTION, "ice_breakers[question]")
            within(question.get("payload"), PAYLOAD, "ice_breakers[payload]")


def _check_menu(value: Any) -> None:
    for one in _localized(value, "persistent_menu"):
        where = "persistent_menu[call_to_actions]"
        items = one.get("call_to_actions")
        check_buttons(items, least=1, most=MENU_ITEMS, title=MENU_TITLE, where=where)


_CHECKS: dict[str, Callable[[Any], None]] = {
    "greeting": _check_greeting,
    "get_started": _check_get_started,
    "ice_breakers": _check_ice_breakers,
    "persistent_menu": _check_menu,
}
