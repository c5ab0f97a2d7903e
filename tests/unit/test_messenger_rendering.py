"""channels/messenger/rendering.py: every event within the limits of the platform, nothing lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered import (
    LETTERED,
    SITE,
    check,
    event_of,
    link,
    said,
    templates_of,
    texts_of,
    titles_of,
)

from bussola.channels.messenger.choices import choice_of
from bussola.channels.messenger.rendering import render
from bussola.conversations.events import Action, Button, Draft, Event
from bussola.texts import Catalogue

# Anything at all

LABEL = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["Utile", "Più dettagli", "Quanto costa il riscatto agevolato della laurea?",
                     "👩\u200d👩\u200d👧 " * 6, "e\u0301" * 25, "x" * 400]),
)  # fmt: skip
LINK = st.fixed_dictionaries(
    {
        "label": st.one_of(st.text(min_size=1, max_size=400), st.just("Sito dell'INPS")),
        "url": st.sampled_from(
            ["https://www.inps.it/", "/schede/x", f"https://www.inps.it/{'p' * 1400}"]
        ),
    }
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    labels = draw(st.lists(st.tuples(LABEL, st.booleans()), max_size=30))
    buttons = tuple(
        Button(f"b{i}", label, Action("entry"), quiet) for i, (label, quiet) in enumerate(labels)
    )
    kind = draw(st.sampled_from(["answer", "quiz", "calculation_ask", "menu", "sheet"]))
    text = draw(st.one_of(st.text(max_size=200), st.integers(0, 900).map(lambda n: "parola " * n)))
    data = {"links": draw(st.lists(LINK, max_size=6))}
    return event_of(Draft("bot", kind, text, data, buttons), draw(st.integers(1, 10**9)))


@pytest.mark.messenger(23, 24, 25)
@given(events())
def test_any_event_keeps_within_the_limits(texts: Catalogue, event: Event) -> None:
    """However many buttons, however long the words: nothing too long, no button lost."""
    check(event, texts)


@pytest.mark.messenger(25, 27)
@given(st.lists(LINK, max_size=6))
def test_no_link_is_lost(texts: Catalogue, links: list[dict[str, str]]) -> None:
    """A link is a button or a line, whole."""
    rendered = render(said(links=links), texts, link)
    shown = [button["url"] for template in templates_of(rendered) for button in template["buttons"]]
    shown += re.findall(r"https://\S+", "\n".join(texts_of(rendered)))
    wanted = [
        url if url.startswith("https") else link(url) for url in (each["url"] for each in links)
    ]
    assert sorted(url for url in shown if url in wanted) == sorted(wanted)


# Buttons


@pytest.mark.messenger(24)
def test_short_labels_stay_as_they_are(texts: Catalogue) -> None:
    """Quiet ones last; nothing is numbered, so a typed number is no choice."""
    event = said("Vuoi?", "~No, grazie", "Sì", "Più dettagli")
    rendered = check(event, texts)
    assert titles_of(rendered) == ["Sì", "Più dettagli", "No, grazie"]
    assert texts_of(rendered) == ["Vuoi?"]
    assert not rendered.numbered
    assert choice_of(event, "2") is None


@pytest.mark.messenger(24)
def test_long_labels_are_a_numbered_list(texts: Catalogue) -> None:
    """The label is whole in the text; a number, a mark or the label itself can be typed."""
    asked = ("Quanto costa il riscatto?", "Si paga a rate?", "~Nessuna di queste")
    event = said("Intendi?", *asked, kind="ask_which")
    rendered = check(event, texts)
    assert rendered.numbered
    assert "1. Quanto costa il riscatto?\n2. Si paga a rate?" in texts_of(rendered)[0]
    assert texts.say("messenger_type_number") in texts_of(rendered)[0]
    assert titles_of(rendered) == ["1. Quanto costa il…", "2. Si paga a rate?", "Nessuna di queste"]
    for typed in ("2", " 2. ", "2)", "si paga a rate"):
        assert choice_of(event, typed) == event.buttons[1]
    assert choice_of(event, "nessuna di queste!") == event.buttons[2]
    assert choice_of(event, "3") is None
    assert choice_of(event, "ho 2 figli") is None
    under_answer = texts_of(check(said("Sì.", *asked, kind="answer"), texts))[0]
    assert texts.say("messenger_type_number") not in under_answer


@pytest.mark.messenger(24)
@pytest.mark.parametrize("kind", sorted(LETTERED))
def test_where_numbers_mean_something_choices_are_lettered(texts: Catalogue, kind: str) -> None:
    """In a quiz or a calculation a typed "2" is not the second button."""
    event = said("Per chi paghi?", "Per me", "Per un familiare a carico", "~Basta così", kind=kind)
    rendered = check(event, texts)
    assert not rendered.numbered
    assert titles_of(rendered) == ["a) Per me", "b) Per un familiare…", "Basta così"]
    assert "b) Per un familiare a carico" in texts_of(rendered)[0]
    assert texts.say("messenger_type_number") not in texts_of(rendered)[0]
    assert choice_of(event, "2") is None
    assert choice_of(event, "B)") == event.buttons[1]


@pytest.mark.messenger(24)
def test_the_fourteenth_button_goes_on_a_further_message(texts: Catalogue) -> None:
    """Short labels too are listed then: the first ones go away, and can still be typed."""
    event = said("Scegli.", *(f"Scelta {n}" for n in range(1, 21)))
    rendered = check(event, texts)
    assert [len(m["quick_replies"]) for m in rendered.messages] == [13, 7]
    assert rendered.messages[1]["text"] == texts.say("messenger_more_choices")
    assert choice_of(event, "20") == event.buttons[19]


# Links, sources, dates


@pytest.mark.messenger(25, 27)
def test_links_are_buttons_that_say_where_they_lead(texts: Catalogue) -> None:
    """Verb first; the text says that the citizen leaves, and holds the names that were cut."""
    names = ["Sito dell'INPS", "Ministero del Lavoro", "Apri la scheda", "INAIL"]
    links = [{"label": n, "url": f"https://www.inps.it/{i}"} for i, n in enumerate(names)]
    rendered = check(said(links=links), texts)
    (template,) = templates_of(rendered)
    titles = [button["title"] for button in template["buttons"]]
    assert titles == ["Apri: Sito dell'INPS", "Apri: Ministero del…", "Apri la scheda"]
    assert "fuori da Messenger" in template["text"]
    assert "Ministero del Lavoro" in template["text"]
    assert "INAIL: https://www.inps.it/3" in texts_of(rendered)[0]


@pytest.mark.messenger(27)
@pytest.mark.parametrize("url", ["http://example.com/", "javascript:alert(1)", "//example.com/"])
def test_other_addresses_are_not_shown(texts: Catalogue, url: str) -> None:
    """As on the web: institutions over https, and our own pages."""
    rendered = check(said(links=[{"label": "Qui", "url": url}]), texts)
    assert rendered.messages == [{"text": "Ecco."}]


@pytest.mark.messenger(31)
def test_sources_and_dates_follow_the_answer(texts: Catalogue) -> None:
    """Three sources with date and address, where the others are, and the days."""
    sources = [
        {"title": f"Circolare {n}", "date": "9 febbraio 2026", "url": f"https://www.inps.it/{n}"}
        for n in range(4)
    ]
    event = said(
        sources=sources, entry_id="laurea-x", valid_at="22 novembre 2026",
        valid_until="31 dicembre 2026",
    )  # fmt: skip
    (text,) = texts_of(check(event, texts))
    assert "Fonte: Circolare 2, 9 febbraio 2026\nhttps://www.inps.it/2\n" in text
    assert "Circolare 3" not in text
    assert f"Altre fonti qui: {SITE}/domande/laurea-x" in text
    assert text.endswith("Controllato il 22 novembre 2026. Vale fino al 31 dicembre 2026.")


# Tables, sheets, people, cases

COLUMNS = ["Anni", "Costo", "Rata"]


def test_a_table_is_lines(texts: Catalogue) -> None:
    """Each cell is named by its column; a result without columns is pairs; notes follow."""
    table = {"title": "Costi", "columns": COLUMNS, "rows": [["Uno", "10", "1"], ["Due", "20", "2"]]}
    event = said("Costi.\nUno\n  Costo: 10", kind="table", table=table, words=["Nota."])
    assert texts_of(check(event, texts)) == [
        "Costi.\n\nUno\n• Costo: 10\n• Rata: 1\n\nDue\n• Costo: 20\n• Rata: 2\n\nNota."
    ]
    pairs = {"title": "Conto", "columns": [], "rows": [["Costo", "10"]]}
    event = said("Costo: 10", kind="calculation", table=pairs, words=[])
    assert texts_of(check(event, texts)) == ["Conto.\n\n• Costo: 10"]


@pytest.mark.messenger(23)
@pytest.mark.parametrize(
    ("kind", "data", "page"),
    [
        ("sheet", {"sheet_id": "scheda-x"}, "/schede/scheda-x"),
        ("table", {}, "/domande?q=I%20costi"),
        ("calculation", {"calculator": "conti"}, "/calcolatori/conti"),
    ],
)
def test_what_is_too_long_is_begun_here_and_read_on_its_page(
    texts: Catalogue, kind: str, data: dict[str, Any], page: str
) -> None:
    """More than two messages of a table or a sheet are one, and a link."""
    rows = [[f"Riga {n}", "x" * 60, "y" * 60] for n in range(50)]
    if kind != "sheet":
        data = {**data, "table": {"title": "I costi", "columns": COLUMNS, "rows": rows}}
    text = "\n".join(f"{n}. {'passo ' * 15}" for n in range(60))
    rendered = check(said(text, kind=kind, **data), texts)
    assert len(rendered.messages) <= 2
    assert texts_of(rendered)[-1].endswith(f"{texts.say('messenger_continues')} {link(page)}")


def test_a_person_is_named(texts: Catalogue) -> None:
    """Everything comes from the page: the text says which words are an expert's."""
    event = event_of(Draft("expert", "expert", "Buongiorno.", {"name": "Anna Bianchi"}))
    assert texts_of(check(event, texts)) == ["Anna Bianchi, esperto:\n\nBuongiorno."]


def test_the_words_of_a_person_bear_their_mark(texts: Catalogue) -> None:
    """The last line says where anybody can check that they are ours."""
    told = {"name": "Anna Bianchi", "official": "R-K7QM-2XWD-9TRA"}
    event = event_of(Draft("expert", "expert", "Buongiorno.", told))
    (text,) = texts_of(check(event, texts))
    checked = f"verifica su {SITE}/verifica/R-K7QM-2XWD-9TRA"
    assert text.endswith(f"Buongiorno.\n\nRisposta ufficiale R-K7QM-2XWD-9TRA: {checked}")


def test_a_case_has_its_code_and_its_page(texts: Catalogue) -> None:
    event = event_of(Draft("system", "handoff", "Fatto.", {"case_code": "K7QM-2XWD-9TRA"}))
    (text,) = texts_of(check(event, texts))
    assert "Codice della richiesta: K7QM-2XWD-9TRA\n" in text
    assert text.endswith(f"{SITE}/pratica/K7QM-2XWD-9TRA")


def test_only_what_is_hidden_is_not_sent(texts: Catalogue) -> None:
    """An event without words still says something; what is for the desk never leaves."""
    assert render(event_of(Draft("bot", "vote", "Sì", hidden=True)), texts, link).messages == []
    assert texts_of(check(said(""), texts)) == [texts.say("messenger_nothing")]
