"""texts.py and data/texts/it.yml: every fixed text exists once and is used."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from ruamel.yaml import YAML

import bussola.calculators.formulas
from bussola.calculators.reading import Problem
from bussola.conversations.guards import Words
from bussola.conversations.guide import OfferKind
from bussola.knowledge.languages import _UNDERSTOOD, ITALIAN, LANGUAGES
from bussola.texts import Catalogue

# Which argument of a method names a text, and which names hold one.
SAYING = {"say": 0, "notice": 0, "_button": 1, "_system": 1, "offer_handoff": 2}
NAMES_OF_TEXT = {"text_id", "text_key"}


def words_in(node: ast.expr) -> Iterator[str]:
    """The constant texts an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from words_in(node.body)
        yield from words_in(node.orelse)


def nodes(folder: Path) -> Iterator[ast.AST]:
    """Every node of the Python files of a folder."""
    for file in sorted(folder.rglob("*.py")):
        yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def said_by(node: ast.AST) -> Iterator[str]:
    """The text ids that a call, an assignment or a default names."""
    if isinstance(node, ast.Call):
        position = SAYING.get(getattr(node.func, "attr", ""))
        if position is not None and len(node.args) > position:
            yield from words_in(node.args[position])
        for keyword in node.keywords:
            if keyword.arg in NAMES_OF_TEXT:
                yield from words_in(keyword.value)
    elif isinstance(node, ast.Assign):
        if any(isinstance(t, ast.Name) and t.id in NAMES_OF_TEXT for t in node.targets):
            yield from words_in(node.value)
    elif isinstance(node, ast.arguments):
        with_default = node.args[len(node.args) - len(node.defaults) :]
        for argument, default in zip(with_default, node.defaults, strict=True):
            if argument.arg in NAMES_OF_TEXT:
                yield from words_in(default)


def said_in_code(root: Path) -> set[str]:
    """The text ids that the conversations, the desk and the pages name."""
    found = {text_id for node in nodes(root / "src" / "bussola") for text_id in said_by(node)}
    return {text_id for text_id in found if re.fullmatch(r"[a-z_]+", text_id)}


def refusals(root: Path) -> set[str]:
    """Every reason a message, a request or a socket frame is refused for."""
    reasons: set[str] = set()
    for file in sorted((root / "src" / "bussola").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        reasons |= set(re.findall(r'Refused\("([a-z_]+)"\)', text))
        reasons |= set(re.findall(r'refus(?:al|e)\([^"\n]*"([a-z_]+)"', text))
    reasons |= set(re.findall(r'return "([a-z_]+)"', _webchat(root)))
    return reasons


def _webchat(root: Path) -> str:
    return (root / "src/bussola/channels/webchat/http.py").read_text(encoding="utf-8")


def families() -> set[str]:
    """The keys that the code puts together from a fixed part and one of its own names."""
    languages = {language.iso_code_639_1.name.lower() for language in _UNDERSTOOD} - {ITALIAN}
    formulas = ast.parse(inspect.getsource(bussola.calculators.formulas))
    strings = {n.value for n in ast.walk(formulas) if isinstance(n, ast.Constant)}
    written = {key for key in strings if isinstance(key, str) and re.fullmatch(r"[a-z_]+", key)}
    amounts = {
        words
        for node in ast.walk(formulas)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Amount"
        for words in words_in(node.args[0])
    }
    cautions = {f"calc_caution_{key}" for key in written}
    return (
        {f"button_{kind}" for kind in get_args(OfferKind)}
        | {f"calc_problem_{problem}" for problem in get_args(Problem)}
        | {f"calc_amount_{amount}" for amount in amounts}
        | {key for key in cautions if key in CAUTIONS}
        | {f"{family}_{language}" for family in FOREIGN for language in languages}
        | {f"stale_{language}" for language in LANGUAGES}
        | {"quiz_right", "quiz_wrong", "button_sheets", "button_calculators", "button_quiz"}
        | {"standing_start", "standing_file", "standing_long"}
        | {f"not_delivered_{reason}" for reason in UNDELIVERED}
    )


UNDELIVERED = (
    "person_unavailable", "window_closed", "window_closed_for_bot", "window_needs_approval",
    "messenger_refused", "messenger_token_refused", "messenger_page_restricted",
    "messenger_deauthorised", "messenger_unsure",
)  # fmt: skip
FOREIGN = ("untranslated", "foreign_ask_which", "foreign_dont_know", "foreign_elsewhere")
CAUTIONS = {
    f"calc_caution_{key}"
    for key in ("nothing_to_redeem", "tax_credit", "tax_saving", "tax_unknown", "full_time",
                "over_the_limit", "raised_to_minimum", "daily_minimum")
}  # fmt: skip


def in_domain(root: Path) -> set[str]:
    """The text ids of Rasa's responses."""
    domain = YAML(typ="safe").load((root / "domain.yml").read_text(encoding="utf-8"))
    variants = [variant for response in domain["responses"].values() for variant in response]
    return {v["custom"]["text_id"] for v in variants if "text_id" in v["custom"]}


def in_widget(root: Path) -> set[str]:
    """The text ids that the chat window names in its sources."""
    files = sorted((root / "frontend" / "src").glob("*.ts"))
    return {key for f in files for key in re.findall(r"\bwidget_[a-z_]+", f.read_text("utf-8"))}


def test_every_text_of_the_code_exists(root: Path, texts: Catalogue) -> None:
    """Each text id that the code names is in the catalogue."""
    said = said_in_code(root)
    assert {"welcome", "dont_know", "case_taken", "abuse_boundary", "stale"} <= said
    assert sorted(said - texts.keys()) == []


def test_every_text_of_a_family_exists(texts: Catalogue) -> None:
    """Texts whose key is put together: offers, results, problems, languages."""
    assert sorted(families() - texts.keys()) == []


def test_every_reason_of_messenger_is_named_here(root: Path) -> None:
    """What the channel gives as a reason is one of the family: the desk has a sentence for it."""
    folder = root / "src/bussola/channels/messenger"
    sources = "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py")))
    assert [reason for reason in UNDELIVERED if f'"{reason}"' not in sources] == []
    named = re.findall(r'(?:Undeliverable|stop|Stopped)\("([a-z_]+)"', sources)
    assert named
    assert sorted(set(named) - set(UNDELIVERED)) == []


def test_every_text_of_the_domain_exists(root: Path, texts: Catalogue) -> None:
    """Each `text_id` of domain.yml is in the catalogue."""
    assert len(in_domain(root)) > 5
    assert sorted(in_domain(root) - texts.keys()) == []


def test_every_text_of_the_widget_exists(root: Path, texts: Catalogue) -> None:
    """Each text the chat window names is in the catalogue."""
    assert len(in_widget(root)) > 10
    assert sorted(in_widget(root) - texts.keys()) == []


def test_every_refusal_has_its_sentence(root: Path, texts: Catalogue) -> None:
    """Each reason to refuse a message has a sentence for the citizen."""
    reasons = refusals(root)
    assert {"empty", "too_long", "too_fast", "conflict", "not_saved", "bad_request"} <= reasons
    assert sorted({f"refused_{reason}" for reason in reasons} - texts.keys()) == []


def test_every_danger_has_its_text(words: Words, texts: Catalogue) -> None:
    """Each kind of emergency has its text, with the number to call."""
    for kind in words.emergencies:
        assert "112" in texts.say(f"emergency_{kind}")


def test_no_text_is_unused(root: Path, words: Words, texts: Catalogue) -> None:
    """Each key of the catalogue is named somewhere: what nobody says is taken out."""
    used = said_in_code(root) | in_domain(root) | in_widget(root)
    used |= families() | {f"refused_{reason}" for reason in refusals(root)}
    used |= {f"emergency_{kind}" for kind in words.emergencies}
    assert sorted(texts.keys() - used) == []


def test_texts_are_plain(texts: Catalogue) -> None:
    """No text holds HTML, an entity or markup: each channel draws plain text."""
    marked = re.compile(r"<[a-zA-Z/!]|&[a-z]+;|&#|\*\*|\]\(|__")
    assert [key for key in sorted(texts.keys()) if marked.search(texts.say(key))] == []


def test_texts_speak_to_one_person(texts: Catalogue) -> None:
    """Citizens are addressed with "tu": no "Lei", no "gentile utente"."""
    formal = re.compile(r"\bLei\b|\bLa preghiamo\b|\b[Gg]entile\b|\bSuo\b|\bSua\b")
    assert [key for key in sorted(texts.keys()) if formal.search(texts.say(key))] == []


def test_braces_are_the_known_values(texts: Catalogue) -> None:
    """Each value in braces is one the program fills in."""
    found = {
        name for key in sorted(texts.keys()) for name in re.findall(r"\{(\w*)\}", texts.say(key))
    }
    assert found == {
        "theme", "kinds", "by", "name", "title", "question", "number", "of", "text", "right",
        "explanation", "year", "min", "max", "url",
    }  # fmt: skip


def test_values_are_filled_in(texts: Catalogue) -> None:
    """A text with values gets them; what citizens wrote is never read as a template."""
    assert texts.say("case_taken", name="{0.__class__}").startswith("{0.__class__} ha preso")


def test_an_unknown_text_is_an_error(texts: Catalogue) -> None:
    """A key that does not exist is a KeyError, never an empty message."""
    with pytest.raises(KeyError):
        texts.say("non_esiste")


def test_the_first_words_say_what_this_is_not(texts: Catalogue) -> None:
    """The welcome says it is a machine, and both it and personal cases say: not a counter."""
    assert "macchina" in texts.say("welcome")
    for key in ("welcome", "not_a_counter"):
        assert "on sono uno sportello virtuale" in texts.say(key)
