"""conversations/voice.py: what an expert's reply is checked for before it leaves."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from clean_replies import FIRST_REPLIES, LATER_REPLIES
from hypothesis import given
from hypothesis import strategies as st
from planted import PLANTED
from ruamel.yaml import YAML
from rude_replies import RUDE_REPLIES
from voice_examples import FOUND, NOT_FOUND

from bussola.conversations.guards import Words
from bussola.conversations.voice import STOPS, Finding, Kind, VoiceWords, findings, stops
from bussola.texts import Catalogue
from bussola.voice_words import load_voice_words

ROOT = Path(__file__).parents[2]
CLEAN = [(text, True) for text in FIRST_REPLIES] + [(text, False) for text in LATER_REPLIES]
OFFENSIVE = {"insult", "personal_data", "sarcasm", "condescension", "shouting"}
ABOUT_STYLE = {"bureaucratic", "hard_to_read"}
FEWEST = {
    "insults": 60, "sarcasm": 60, "promises": 40, "condescension": 40, "bureaucratic": 40,
}  # fmt: skip

INSULTS = (
    "idiota", "ignorante", "si vergogni", "stronzo", "vaffanculo", "lei è una capra", "imbecille",
    "lei è fuori di testa", "vada al diavolo", "sei un ladro", "testa di cazzo", "bugiarda",
)  # fmt: skip
HIDDEN = (
    "1diota", "i d i o t a", "I-D-I-O-T-A", "id.iota", "idi*ta", "idiooootaaa", "ìdiòta", "idi\u200bota",
    "ⓘⓓⓘⓞⓣⓐ", "idiоtа", "5cemo", "sc3mo", "s c e m o", "Str0nz0", "str**zo", "b@stardo",
    "IGNORANTÉ", "ign0r4nt3", "cre.ti.no", "c_r_e_t_i_n_o", "imbecciiille", "si v e r g o g n i",
    "lei e' un as1no", "lei e una capra", "Lei è, un... ignorante", "vaff4nculo", "idi\u00adota",
    "$cemo", "cretin!",
)  # fmt: skip
INNOCENT = (
    "scemoli", "discemo", "scemotto1", "Capraia", "la capra mangia", "i d e a", "835714", "a) b) c)",
    "ignorare", "stupire", "* * * *", "idiomatica", "pazzesco", "un asino e due mucche", "1 8 0 7 4",
    "fessura", "baldo", "l'evasione", "gli evasori pagano", "cani e gatti",
)  # fmt: skip


@pytest.fixture(scope="session")
def voice(words: Words) -> VoiceWords:
    return load_voice_words(ROOT / "data" / "voice.yml", words.insults)


def kinds(text: str, voice: VoiceWords, first_reply: bool = False) -> set[Kind]:
    """The kinds found in a text."""
    return {finding.kind for finding in findings(text, voice, first_reply)}


def marked(text: str, found: list[Finding]) -> list[str]:
    """What the page marks."""
    return [text[finding.start : finding.end] for finding in found]


def test_every_kind_has_examples() -> None:
    """Each kind has eight replies or more that have it, and as many that have it not."""
    assert set(FOUND) == set(NOT_FOUND) == set(get_args(Kind))
    assert [k for k in FOUND if min(len(FOUND[k]), len(NOT_FOUND[k])) < 8] == []


@pytest.mark.parametrize(("kind", "text"), [(k, text) for k in FOUND for text in FOUND[k]])
def test_what_should_be_found(kind: Kind, text: str, voice: VoiceWords) -> None:
    """Each reply of the examples has its finding."""
    assert kind in kinds(text, voice, first_reply=True)


@pytest.mark.parametrize(("kind", "text"), [(k, text) for k in NOT_FOUND for text in NOT_FOUND[k]])
def test_what_should_not_be_found(kind: Kind, text: str, voice: VoiceWords) -> None:
    """What only looks like a finding is none."""
    found = findings(text, voice, first_reply=True)
    assert [marked(text, [f]) for f in found if f.kind == kind] == []


@pytest.mark.parametrize("insult", HIDDEN)
def test_hidden_insults_are_found(insult: str, voice: VoiceWords) -> None:
    """Accents, digits, blanks, points, asterisks, look-alikes and long letters hide nothing."""
    assert "insult" in kinds(f"Buongiorno, {insult}. Saluti", voice)


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_words_are_not_insults(text: str, voice: VoiceWords) -> None:
    """Words are looked for whole, and numbers and lists are no words."""
    assert "insult" not in kinds(f"Buongiorno, {text} in questo caso.", voice)


def test_the_insult_is_marked_where_it_stands(voice: VoiceWords) -> None:
    """The span is that of the text as written, whatever hides the word."""
    for insult in ("idiota", "i d i o t a", "idiooota", "id\u200biota", "ìdi\u0300ota"):
        text = f"Perché no, è così: {insult}, ecco \U0001f600."
        assert marked(text, findings(text, voice, first_reply=False)) == [insult]


def test_an_insult_beside_kind_words_is_found(voice: VoiceWords) -> None:
    """What is harmless excuses only what it holds."""
    assert "insult" in kinds("Non si vergogni, stupido.", voice)
    assert "insult" in kinds("Nessuna domanda è stupida, idiota.", voice)
    assert "sarcasm" in kinds("Complimenti per la laurea, ma davvero non sa che cos'è?", voice)


def test_personal_data_are_marked_line_by_line(voice: VoiceWords) -> None:
    """One datum is marked exactly, also in what is quoted."""
    text = "Buongiorno.\n> sono al 333 1234567, grazie\nScriva a anna@example.com, se vuole."
    assert marked(text, findings(text, voice, first_reply=True)) == [
        "333 1234567",
        "anna@example.com",
    ]


def test_what_stops_comes_first(voice: VoiceWords) -> None:
    """Stops first, then the order of the text."""
    text = "Complimenti. Qualora serva, le garantisco tutto, idiota."
    found = findings(text, voice, first_reply=False)
    assert [f.kind for f in found] == ["insult", "sarcasm", "bureaucratic", "promise"]
    assert [f.severity for f in found] == ["stop", "hint", "hint", "hint"]
    assert stops(found)
    assert not stops(found[1:])


def test_bureaucratic_words_have_a_plain_one(voice: VoiceWords) -> None:
    """The plain word goes with the finding, ready for the text of the catalogue."""
    (found,) = findings("Qualora serva, chieda.", voice, first_reply=False)
    assert (found.suggestion, found.alternative) == ("voice_bureaucratic", "se")


def test_a_greeting_is_for_the_first_reply_only(voice: VoiceWords) -> None:
    """Nobody greets at each message of a talk."""
    assert "no_greeting" in kinds("Si fa online.", voice, first_reply=True)
    assert "no_greeting" not in kinds("Si fa online.", voice, first_reply=False)


def test_every_kind_has_its_suggestion(voice: VoiceWords, texts: Catalogue) -> None:
    """Each finding names a text of the catalogue, that of its kind."""
    for kind, replies in FOUND.items():
        found = [f for f in findings(replies[0], voice, first_reply=True) if f.kind == kind]
        assert {f.suggestion for f in found} == {f"voice_{kind}"}
        assert texts.say(f"voice_{kind}", text="se")
        assert {f.severity for f in found} == {"stop" if kind in STOPS else "hint"}


def test_clean_replies_pass(voice: VoiceWords) -> None:
    """Of 150 kind replies none is stopped, and one in ten at most gets a hint on its manners."""
    found = [(text, findings(text, voice, first)) for text, first in CLEAN]
    stopped = [text for text, of_text in found if stops(of_text)]
    hinted = [text for text, of_text in found if {f.kind for f in of_text} - ABOUT_STYLE]
    assert len(CLEAN) == 150
    assert stopped == [], f"{len(stopped)} stopped of {len(CLEAN)}"
    assert len(hinted) <= 15, f"{len(hinted)} hinted of {len(CLEAN)}: {hinted}"


def test_rude_replies_do_not(voice: VoiceWords) -> None:
    """Of 100 rude replies 95 or more get a stop or a hint on their manners."""
    missed = [text for text in RUDE_REPLIES if not kinds(text, voice) & OFFENSIVE]
    caught = len(RUDE_REPLIES) - len(missed)
    assert len(RUDE_REPLIES) == 100
    assert caught >= 95, f"{caught} caught of {len(RUDE_REPLIES)}, missed: {missed}"


def test_the_answers_citizens_read_are_never_stopped(voice: VoiceWords) -> None:
    """No answer of the knowledge, which experts insert, is an insult or personal data."""
    answers = [
        entry["answer"]
        for file in sorted((ROOT / "data" / "faq").glob("*/*.yml"))
        for entry in YAML(typ="safe").load(file.read_text(encoding="utf-8")).get("entries", [])
    ]
    assert len(answers) > 100
    assert [a for a in answers if stops(findings(a, voice, first_reply=False))] == []


@given(st.text(st.characters(exclude_categories=()), max_size=300), st.booleans())
def test_any_text_is_read(voice: VoiceWords, text: str, first_reply: bool) -> None:
    """Whatever the text, nothing is raised, and each span lies in the text."""
    for finding in findings(text, voice, first_reply):
        assert (finding.start, finding.end) == (0, 0) or (
            0 <= finding.start < finding.end <= len(text)
        )


@given(
    st.lists(st.sampled_from("iI1!|lL aAsS5$ ÈE0oO*.,'-\n«»>@!é\u0300ß\u200b"), max_size=200),
    st.booleans(),
)
def test_any_disguise_is_read(voice: VoiceWords, letters: list[str], first_reply: bool) -> None:
    """The characters that disguise words cost no time and break no span."""
    text = "".join(letters)
    for finding in findings(text, voice, first_reply):
        assert 0 <= finding.start <= finding.end <= len(text)


@given(st.sampled_from(CLEAN), st.sampled_from(INSULTS + HIDDEN), st.data())
def test_an_insult_always_stops(
    voice: VoiceWords, clean: tuple[str, bool], insult: str, data: st.DataObject
) -> None:
    """An insult between the words of a kind reply stops it, wherever it stands in its own lines."""
    text, first_reply = clean
    lines = text.split("\n")
    at = data.draw(st.sampled_from([i for i in range(len(lines)) if not lines[i].startswith(">")]))
    lines[at] = data.draw(st.sampled_from([f"{lines[at]} {insult}", f"{insult}, {lines[at]}"]))
    assert stops(findings("\n".join(lines), voice, first_reply))


@given(st.text(max_size=200), st.sampled_from(INSULTS), st.booleans())
def test_an_insult_stops_any_text(
    voice: VoiceWords, text: str, insult: str, first_reply: bool
) -> None:
    """Also after a text that nobody would write."""
    assert stops(findings(f"{text}\n\n{insult}", voice, first_reply))


@given(st.sampled_from(CLEAN), PLANTED)
def test_personal_data_always_stop(voice: VoiceWords, clean: tuple[str, bool], datum: str) -> None:
    """Personal data in a kind reply stop it."""
    assert stops(findings(f"{clean[0]}\n{datum}", voice, clean[1]))


@pytest.mark.parametrize(
    "unit", ["*", "!", "1|", "idiot", "i d i o ", "lei è un ", "«", "> a\n", "a@"]
)
@pytest.mark.timeout(20)
def test_long_texts_cost_little(unit: str, voice: VoiceWords) -> None:
    """Two thousand characters made to be hard to search are read at once."""
    findings((unit * 2000)[:2000], voice, first_reply=True)


def test_the_lists_are_long_enough_and_hold_no_line_twice() -> None:
    """The curated lists have their least length, and each line says something new."""
    raw = YAML(typ="safe").load((ROOT / "data" / "voice.yml").read_text(encoding="utf-8"))
    for name, fewest in FEWEST.items():
        assert len(raw[name]) >= fewest
    for name, lines in raw.items():
        assert sorted({line for line in lines if list(lines).count(line) > 1}) == [], name


@pytest.mark.parametrize("line", ["... ciao", "ciao ...", "ciao (bello)", "a||b", "*", "/a"])
def test_a_line_that_cannot_be_read_is_named(line: str, tmp_path: Path) -> None:
    """A wrong line stops the loading, with the line in the message."""
    file = tmp_path / "voice.yml"
    source = (ROOT / "data" / "voice.yml").read_text(encoding="utf-8")
    file.write_text(source.replace("sarcasm:\n", f'sarcasm:\n  - "{line}"\n'), encoding="utf-8")
    with pytest.raises(ValueError, match="«"):
        load_voice_words(file)
