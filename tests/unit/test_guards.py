"""conversations/guards.py: what every message passes; each exit has a name."""

from __future__ import annotations

import unicodedata
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.conversations.guards import (
    DOOR,
    MAX_CHARACTERS,
    TURN,
    Words,
    at_the_door,
    at_the_turn,
)
from bussola.conversations.message import Refused
from bussola.knowledge.loading import Knowledge

FAMILY: Final = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
ACCENTED: Final = "q\u0323\u0307"
SLASHES: Final = ("/", "\uff0f", "\u2044", "\u2215")
BEFORE: Final = (
    "", " ", "  ", "\n", "\t", "\r\n", "\u00a0", "\u2003", "\u2028", "\u200b", "\u202e", "\ufeff",
    "\x00", "/ ", "//", "\u2060", "\u00ad",
)  # fmt: skip
LEADING_SLASHES: Final = [before + slash for before in BEFORE for slash in SLASHES]


def exit_of(text: str) -> str | None:
    """The name of the exit a text leaves by, or None when it passes."""
    try:
        at_the_door(text)
    except Refused as refused:
        return refused.reason
    return None


def is_command(text: str) -> bool:
    """What Rasa would obey: it strips blanks, then looks for a slash."""
    return unicodedata.normalize("NFKC", text).strip().startswith(("/", "\u2044", "\u2215"))


def test_the_guards_are_listed() -> None:
    """The door's guards stand in the order the design says."""
    assert [guard.__name__ for guard in DOOR] == [
        "clean", "refuse_empty", "refuse_too_long", "never_a_command", "mask_personal_data",
    ]  # fmt: skip
    assert [name for name, _ in TURN] == ["emergency", "forget", "abuse"]


@pytest.mark.parametrize("text", ["", " ", "\n\t\r", "\u200b\u200d", "\x00", "/", " // ", "\ufeff"])
def test_nothing_to_read_is_empty(text: str) -> None:
    """A text with nothing to read leaves by "empty"."""
    assert exit_of(text) == "empty"


@pytest.mark.parametrize("unit", ["a", "è", "e\u0300", ACCENTED, "\U0001f600", "漢"])
def test_two_thousand_characters_pass(unit: str) -> None:
    """2,000 characters as people count them pass whole; one more leaves by "too_long"."""
    passed = at_the_door(unit * MAX_CHARACTERS).text
    assert passed == unicodedata.normalize("NFC", unit) * MAX_CHARACTERS
    assert exit_of(unit * (MAX_CHARACTERS + 1)) == "too_long"


def test_one_less_passes() -> None:
    """1,999 characters pass."""
    assert exit_of("a" * (MAX_CHARACTERS - 1)) is None


def test_a_family_is_one_character() -> None:
    """2,000 family emoji are 2,000 characters; one more is too long."""
    assert exit_of(FAMILY * MAX_CHARACTERS) is None
    assert exit_of(FAMILY * (MAX_CHARACTERS + 1)) == "too_long"


def test_what_passes_is_not_cut() -> None:
    """What the door accepts is kept to the last character."""
    text = FAMILY * (MAX_CHARACTERS - 1) + "!"
    assert exit_of(text) == "too_long" or at_the_door(text).text.endswith("!")


@pytest.mark.parametrize("text", ["a" * 100_000, "a " * 500_000, "\U0001f600" * 50_000])
def test_huge_texts_are_too_long(text: str) -> None:
    """A huge text leaves by "too_long", whatever it is made of."""
    assert exit_of(text) == "too_long"


@pytest.mark.parametrize(
    "odd", ["\x00", "\x07", "\ud800", "\u202e", "\u2066", "\u200b", "\u2060", "\ufeff"]
)
def test_invisible_characters_leave(odd: str) -> None:
    """NUL, surrogates, direction marks and zero-width characters leave the text."""
    assert at_the_door(f"la{odd}urea{odd}").text == "laurea"


def test_zalgo_is_tamed() -> None:
    """A letter keeps four marks at most."""
    zalgo = "z" + "\u0316" * 3000 + "o"
    assert at_the_door(zalgo).text == "z" + "\u0316" * 4 + "o"


def test_blanks_are_tidied_and_lines_kept() -> None:
    """Runs of blanks are one; up to one empty line stays between paragraphs."""
    assert at_the_door(" a \t b\n\n\n\nc\u00a0 d ").text == "a b\n\nc d"


def test_emoji_families_stay_together() -> None:
    """The joiner inside an emoji stays."""
    assert at_the_door(f"ciao {FAMILY}").text == f"ciao {FAMILY}"


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=200))
def test_what_passes_is_printable(text: str) -> None:
    """Whatever comes, what passes can be written as UTF-8 and holds no control character."""
    try:
        passed = at_the_door(text).text
    except Refused:
        return
    passed.encode()
    odd = {"Cc", "Cs", "Cf"}
    assert all(c in "\n\u200d" or unicodedata.category(c) not in odd for c in passed)


def test_what_passes_is_composed() -> None:
    """What passes is NFC, also where an invisible character stood between letter and accent."""
    passed = at_the_door("perche\u200b\u0301").text
    assert passed == unicodedata.normalize("NFC", passed)


def test_new_emoji_stay() -> None:
    """An emoji newer than this Python stays in the text."""
    assert at_the_door("ok \U0001fae8").text == "ok \U0001fae8"


def test_there_are_enough_slashes() -> None:
    """At least fifty forms of a leading slash are tried."""
    assert len(LEADING_SLASHES) >= 50


SLASH_THEN_BLANK = [f"{a}{blank}{b}" for a in SLASHES[:2] for blank in "\n\u2003" for b in SLASHES]


@pytest.mark.parametrize("slash", LEADING_SLASHES)
def test_a_leading_slash_never_stays(slash: str) -> None:
    """No form of a leading slash lets a citizen give Rasa a command."""
    passed = at_the_door(f"{slash}restart").text
    assert passed == "restart"


@pytest.mark.parametrize("slash", SLASH_THEN_BLANK)
def test_a_slash_after_a_slash_never_stays(slash: str) -> None:
    """A slash hidden behind a slash and a blank never stays either."""
    assert not is_command(at_the_door(f"{slash}restart").text)


def test_a_slash_inside_stays() -> None:
    """A slash inside the text is only a character."""
    assert at_the_door("e/o legge 104/1992").text == "e/o legge 104/1992"


def test_the_door_masks() -> None:
    """Personal data are taken out at the door, also when invisible characters split them."""
    knocking = at_the_door("RSSMRA85\u200bM01H501Q")
    assert (knocking.text, knocking.masked) == ("[codice fiscale]", ("codice fiscale",))


def test_every_curated_emergency_is_heard(words: Words) -> None:
    """Each phrase of the list is heard as its kind, with capitals and punctuation around it."""
    for kind, phrases in words.emergencies.items():
        for phrase in phrases:
            assert at_the_turn(f"Aiuto! {phrase.upper()}...", words) == ("emergency", kind)


@pytest.mark.parametrize(
    "text",
    [
        "mio marito ha la pensione",
        "la badante è morta, cosa devo fare?",
        "se muore il datore di lavoro",
        "posso uccidere due piccioni con una fava?",
        "ho perso il passaporto della colf",
        "la colf non esce di casa la domenica",
        "il costo del riscatto mi ammazzerebbe",
        "violenza di genere: quanti giorni di congedo?",
    ],
)
def test_ordinary_words_are_no_emergency(words: Words, text: str) -> None:
    """Words that only resemble danger pass."""
    assert at_the_turn(text, words) is None


def test_every_curated_insult_is_heard(words: Words) -> None:
    """Each insult of the list, alone or with a few words, is held as abuse."""
    for insult in words.insults:
        assert at_the_turn(f"sei un {insult}!", words) == ("abuse", "insult")


@pytest.mark.parametrize(
    "text",
    [
        "quanto costa il riscatto",
        "sono scemo io o il modulo non si apre sul sito?",
        "il mio capo è uno stronzo, posso licenziarmi senza preavviso?",
        "la ditta Bastardini mi deve pagare",
        "merdaccia",
    ],
)
def test_questions_are_no_abuse(words: Words, text: str) -> None:
    """A question with a rude word in it, or a word that holds one, passes."""
    assert at_the_turn(text, words) is None


def test_curated_questions_are_held_only_where_danger_is_the_matter(
    shipped: Knowledge, words: Words
) -> None:
    """No shipped question is abuse; those held as danger are all of the sheets on safety."""
    held = {
        (guard[0], shipped.places[entry.id].file)
        for entry in shipped.entries.values()
        for question in entry.questions
        if (guard := at_the_turn(question, words))
    }
    assert held <= {
        ("emergency", "canali/sicurezza_e_tutele.yml"),
        ("emergency", "lavoro_domestico/tutela.yml"),
    }


@pytest.mark.parametrize("text", ["operatore cretino", "voglio un operatore stronzi"])
def test_whoever_asks_for_a_person_is_never_held(text: str, words: Words) -> None:
    """An angry citizen reaches a person all the same."""
    assert at_the_turn(text, words) is None


@pytest.mark.parametrize(
    "text",
    ["mi ammazzo di lavoro per pagare la colf", "non voglio più vivere con la badante in casa",
     "il commercialista mi tiene i documenti, come faccio?"],
)  # fmt: skip
def test_ways_of_speaking_are_no_danger(text: str, words: Words) -> None:
    """The question behind them is answered."""
    assert at_the_turn(text, words) is None
