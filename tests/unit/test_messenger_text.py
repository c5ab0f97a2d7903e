"""channels/messenger: texts cut to what a message holds, and markup turned into plain text."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bussola.channels.messenger.plain_text import plain_text
from bussola.channels.messenger.splitting import TEXT_LIMIT, parts, shortened, units
from bussola.knowledge.loading import Knowledge
from bussola.texts import Catalogue

# One visible character each, of several code points or of two UTF-16 units.
CHARACTERS = ("a", "è", "e\u0301", "👩\u200d👩\u200d👧\u200d👦", "🇮🇹", "👍🏽", "한", "x\u0323\u0307",
              "🙂", "«", ".", "\u00a0")  # fmt: skip
BLANKS = (" ", "\n", "\n\n", ". ", "! ")


def address(length: int) -> str:
    return f"https://www.inps.it/{'p' * (length - 20)}"


def written(longest: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(CHARACTERS), max_size=longest).map("".join)


def prose(longest_address: int) -> st.SearchStrategy[str]:
    """Words of every kind of character, with blanks, sentence ends and links between them."""
    word = written(12)
    link = st.integers(21, longest_address).map(address)
    apart = st.sampled_from(BLANKS)
    piece = st.tuples(st.one_of(word, word, word, link), apart).map("".join)
    return st.lists(piece, max_size=60).map("".join)


def unnumbered(found: list[str]) -> list[str]:
    """The parts without "(1/3)"; checks that the numbers are there and right."""
    if len(found) == 1:
        return found
    for number, part in enumerate(found, 1):
        assert part.startswith(f"({number}/{len(found)}) ")
    return [part.partition(") ")[2] for part in found]


def characters(text: str) -> Counter[str]:
    return Counter(c for c in regex.findall(r"\X", text) if not c.isspace())


def run_together(text: str) -> str:
    return "".join(text.split())


@pytest.mark.messenger(23)
@given(prose(longest_address=90), st.integers(120, 300))
def test_nothing_is_lost_and_nothing_is_broken(text: str, limit: int) -> None:
    """Parts keep within the limit, in order; characters and links stay whole."""
    found = parts(text, limit)
    plain = unnumbered(found)
    assert max(map(units, found)) <= limit
    assert run_together("".join(plain)) == run_together(text)
    assert sum(map(characters, plain), Counter()) == characters(text)
    assert [u for part in plain for u in re.findall(r"https://\S+", part)] == re.findall(
        r"https://\S+", text
    )
    assert all(plain) or not text.strip()


@pytest.mark.messenger(23)
@settings(max_examples=30)
@given(prose(longest_address=1500))
def test_links_of_1500_characters_stay_whole(text: str) -> None:
    """With the real limit: what a message holds by either count is at most 2,000."""
    found = parts(text)
    links = re.findall(r"https://\S+", text)
    assert re.findall(r"https://\S+", " ".join(unnumbered(found))) == links
    for part in found:
        assert len(part) <= TEXT_LIMIT
        assert len(part.encode("utf-16-le")) // 2 <= TEXT_LIMIT < 2000


@pytest.mark.messenger(23)
@given(st.text(max_size=400), st.integers(40, 90))
def test_any_text_at_all_can_be_cut(text: str, limit: int) -> None:
    """Whatever is typed: within the limit, nothing lost."""
    found = parts(text, limit)
    assert max(map(units, found)) <= limit
    assert run_together("".join(unnumbered(found))) == run_together(text)


@pytest.mark.messenger(23)
def test_the_best_place_is_taken() -> None:
    """Ends of paragraphs go before ends of sentences, and those before spaces."""
    sentence = "Questa è una frase che finisce qui. "
    assert parts(f"{sentence * 2}\n\n{sentence * 3}", 140)[0] == f"(1/2) {sentence * 2}".strip()
    assert all(part.endswith("qui.") for part in parts(sentence * 8, 140))
    assert parts("parola " * 30, 100)[0].endswith(" parola")


@pytest.mark.messenger(23)
def test_an_abbreviation_ends_no_sentence() -> None:
    """ "n. 14" is not torn apart when there is a sentence end to choose."""
    text = (
        "Lo dice la legge di quell'anno. Vedi la circolare INPS n. 14 del 9 febbraio di quest'anno."
    )
    assert parts(text, 70)[0] == "(1/2) Lo dice la legge di quell'anno."


@pytest.mark.messenger(23)
def test_a_character_longer_than_a_part_is_cut_all_the_same() -> None:
    """A heap of combining marks cannot stop the answer."""
    text = "e" + "\u0301" * 300
    assert "".join(unnumbered(parts(text, 100))) == text


@pytest.mark.messenger(24)
@given(written(40), st.integers(5, 30), st.booleans())
def test_a_shortened_text_says_so(text: str, most: int, whole_words: bool) -> None:
    short = shortened(text, most, whole_words)
    assert units(short) <= most
    assert short == text or short.endswith("…")
    assert text.startswith(short.removesuffix("…"))


@pytest.mark.messenger(31)
@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("Vedi [il sito](https://www.inps.it/).", "Vedi il sito: https://www.inps.it/."),
        ('[a](https://x.it/b_(c)_d "Titolo")', "a: https://x.it/b_(c)_d"),
        ("[**Forte**](https://x.it/)", "Forte: https://x.it/"),
        ("[https://x.it/](https://x.it/)", "https://x.it/"),
        ("![logo](https://x.it/l.png)", "logo: https://x.it/l.png"),
        ("[la scheda](/schede/x)", "la scheda: https://bussola.example/schede/x"),
        ("<https://x.it/a_b_c> e <a@inps.it>", "https://x.it/a_b_c e a@inps.it"),
        ("**Importante**: *subito* e __adesso__, ***tutto***", "Importante: subito e adesso, tutto"),
        ("~~prima~~ `codice` _così_", "prima codice così"),
        ("## Titolo ##\n> citato\n---\n- uno\n* due", "Titolo\ncitato\n\n• uno\n• due"),
        ("<p>Uno<br>due</p><ul><li>tre</li></ul>", "Uno\ndue\n\n• tre"),
        ('<a class="b" href="https://x.it/?a=1&amp;b=2">qui</a>', "qui: https://x.it/?a=1&b=2"),
        ("<b>A</b> &amp; <i>B</i> &euro; &#39;", "A & B € '"),
        ("<script>alert(1)</script>Ciao<!-- nota -->", "Ciao"),
        ("Vai su **https://x.it/a_b_c**.", "Vai su https://x.it/a_b_c."),
        ("https://x.it/?a=1&copy=2&b=*c*", "https://x.it/?a=1&copy=2&b=*c*"),
        (r"\*non corsivo\*", "*non corsivo*"),
    ],
)  # fmt: skip
def test_markup_becomes_what_it_stands_for(marked: str, plain: str) -> None:
    assert plain_text(marked, lambda path: f"https://bussola.example{path}") == plain


@pytest.mark.messenger(31)
@pytest.mark.parametrize(
    "text",
    ["2*3 = 6 e 3*4 = 12", "2 * 3 * 4", "a_b_c", "meno di <50 euro", "scrivi <nome> qui",
     "> 50 anni", "+ 5 euro", "-10 gradi", "nota [1](vedi sotto)", "R&D; AT&T", "*"],
)  # fmt: skip
def test_what_is_no_markup_stays(text: str) -> None:
    """Sums, comparisons and names are text."""
    assert plain_text(text) == text


@pytest.mark.messenger(31)
@given(st.text("ab *_`~[]()<>/\\#&;-\n", max_size=80))
def test_any_marks_at_all_are_survived(text: str) -> None:
    """Odd or unfinished markup neither fails nor leaves a link in its Markdown form."""
    assert "](https://" not in plain_text(f"{text}\n[a](https://x.it/)")


@pytest.mark.messenger(31)
def test_curated_texts_pass_unchanged(shipped: Knowledge, texts: Catalogue) -> None:
    """They are plain already: not a character of them is taken for markup."""
    said = [texts.say(key) for key in sorted(texts.keys())]
    for entry in shipped.entries.values():
        said += [entry.question, entry.answer, entry.details or "", *entry.steps]
    said += [part.text for sheet in shipped.sheets.values() for part in sheet.parts]
    assert [text for text in said if plain_text(text) != text.strip()] == []
