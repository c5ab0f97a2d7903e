"""channels/messenger/profile.py: what the page shows before anybody writes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.channels.messenger.profile import differences, profile
from bussola.channels.messenger.splitting import units
from bussola.knowledge.loading import Knowledge
from bussola.texts import Catalogue

THEMES = [("laurea", "Riscatto della laurea"), ("buoni", "Buoni lavoro")]


@pytest.fixture
def wanted(texts: Catalogue) -> dict[str, Any]:
    return profile(texts, THEMES)


@pytest.mark.messenger(28, 29)
@given(st.lists(st.tuples(st.just("x"), st.text(min_size=1, max_size=200)), max_size=8))
def test_any_themes_keep_within_the_limits(texts: Catalogue, themes: list[tuple[str, str]]) -> None:
    """Greeting 160, question 80, title 30, four ice breakers, three items of the menu."""
    made = profile(texts, themes)
    assert all(0 < units(item["text"]) <= 160 for item in made["greeting"])
    for item in made["ice_breakers"]:
        assert 1 <= len(item["call_to_actions"]) <= 4
        assert all(0 < units(each["question"]) <= 80 for each in item["call_to_actions"])
    (menu,) = made["persistent_menu"]
    assert 1 <= len(menu["call_to_actions"]) <= 3
    assert all(0 < units(each["title"]) <= 30 for each in menu["call_to_actions"])


@pytest.mark.messenger(29, 37)
def test_the_greeting_says_what_this_is(wanted: dict[str, Any]) -> None:
    """Read before Get Started: a machine, and not a counter; whole, in both locales."""
    assert [item["locale"] for item in wanted["greeting"]] == ["default", "it_IT"]
    for item in wanted["greeting"]:
        assert "automatico" in item["text"]
        assert "Non sono uno sportello virtuale" in item["text"]
        assert item["text"].endswith(".")


@pytest.mark.messenger(29, 38)
def test_ice_breakers_are_the_themes_and_a_person(shipped: Knowledge, texts: Catalogue) -> None:
    """With the real themes; `default` is required, Italian is set."""
    themes = [(t.id, t.label) for t in shipped.themes.values() if not t.hidden]
    made = profile(texts, themes)["ice_breakers"]
    assert [item["locale"] for item in made] == ["default", "it_IT"]
    asked = {each["payload"]: each["question"] for each in made[1]["call_to_actions"]}
    assert list(asked) == [*(f"0:t{i}" for i in range(len(themes))), "0:person"]
    assert [asked[f"0:t{i}"] for i in range(len(themes))] == [label for _, label in themes]


@pytest.mark.messenger(29, 38)
def test_a_person_is_offered_however_many_themes_there_are(texts: Catalogue) -> None:
    made = profile(texts, THEMES * 4)["ice_breakers"][0]["call_to_actions"]
    assert [each["payload"] for each in made] == ["0:t0", "0:t1", "0:t2", "0:person"]


@pytest.mark.messenger(28)
def test_the_menu_leaves_the_keyboard(wanted: dict[str, Any]) -> None:
    """Get Started is there, which the menu needs, and the citizen can go on typing."""
    assert wanted["get_started"] == {"payload": "0:start"}
    (menu,) = wanted["persistent_menu"]
    assert menu["locale"] == "default"
    assert menu["composer_input_disabled"] is False
    assert [(each["type"], each["title"], each["payload"]) for each in menu["call_to_actions"]] == [
        ("postback", "Temi", "0:menu"),
        ("postback", "Parla con una persona", "0:person"),
        ("postback", "Cancella i miei dati", "0:forget"),
    ]


def test_the_same_profile_has_no_differences(wanted: dict[str, Any]) -> None:
    """As sent, as the Graph API wraps it, with what the platform adds, in another order."""
    assert differences(wanted, wanted) == []
    found = deepcopy(wanted)
    found["greeting"].reverse()
    found["persistent_menu"][0]["disabled_surfaces"] = []
    del found["persistent_menu"][0]["composer_input_disabled"]
    assert differences(wanted, {"data": [found]}) == []
    assert differences(wanted, {"data": [{key: value} for key, value in found.items()]}) == []


def test_an_empty_page_misses_everything(wanted: dict[str, Any]) -> None:
    assert differences(wanted, {"data": []}) == [
        "Manca il saluto.",
        "Manca il pulsante «Inizia».",
        "Mancano le prime domande.",
        "Manca il menu fisso.",
    ]


def test_what_is_other_is_said_with_both(wanted: dict[str, Any]) -> None:
    """Staff read what the page must have and what it has."""
    found = deepcopy(wanted)
    found["get_started"]["payload"] = "GET_STARTED"
    found["ice_breakers"][1]["call_to_actions"].pop()
    found["greeting"] = [*found["greeting"][:1], {"locale": "en_US", "text": "Hi"}]
    greeting, extra, started, asked = differences(wanted, found)
    assert greeting == "Manca il saluto per la lingua it_IT."
    assert extra == "C'è in più il saluto per la lingua en_US."
    assert started == "Diverso il pulsante «Inizia»: deve essere «0:start», invece è «GET_STARTED»."
    assert asked.startswith("Diverse le prime domande per la lingua it_IT: ")
    assert asked.count("«Parla con una persona» (0:person)") == 1
