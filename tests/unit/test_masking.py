"""conversations/masking.py: personal data leave the text, everything else stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import PLANTED, cards, emails, fiscal_codes, ibans, mobiles

from bussola.conversations.masking import PUBLIC_NUMBERS, mask
from bussola.knowledge.loading import Knowledge

PHONES = (
    "3391234567", "339 1234567", "339-1234567", "339/1234567", "339.1234567", "339 123 4567",
    "339 12 34 567", "339 123 45 67", "348.123.45.67", "+39 339 1234567", "+393391234567",
    "+39-339-123-4567", "(+39) 339 1234567", "0039 339 1234567", "00393391234567",
    "06 12345678", "06/12345678", "0612345678", "02-1234 5678", "(06) 12345678", "081 1234567",
    "0171 123456", "+39 06 12345678", "800 123 456",
)  # fmt: skip
KEPT = (
    "803 164", "803164", "06 164 164", "06164164", "112", "1522", "800 290 290", "800290290",
    "dal 31/12/2026", "dal 01/01/2026 al 31/12/2026", "31.12.2026", "2026-12-31",
    "L. 104/1992", "legge 30 dicembre 2021, n. 234", "D.Lgs. 151/2001", "art. 2, comma 5-quater",
    "circolare INPS n. 14/2026", "12.500,00 euro", "1.234.567,89 euro", "3.500.000 euro",
    "350.000 euro", "6206,64", "33%", "dal 2019 al 2026", "anni 2019 2020 2021 2022",
    "5 anni e 6 mesi", "120 rate", "C01 800900",
)  # fmt: skip


def planted_in(text: str, kind: str) -> None:
    """Assert that `text`, inside a sentence, is wholly replaced by its kind."""
    masked, kinds = mask(f"Salve, {text}, grazie.")
    assert masked == f"Salve, [{kind}], grazie."
    assert kinds == (kind,)


@given(fiscal_codes())
def test_fiscal_codes_leave(code: str) -> None:
    """A codice fiscale with its check letter leaves, omocodia and lower case included."""
    planted_in(code, "codice fiscale")
    planted_in(code.lower(), "codice fiscale")


def test_a_spaced_fiscal_code_leaves() -> None:
    """A codice fiscale written in groups leaves."""
    planted_in("RSS MRA 85M01 H501Q", "codice fiscale")


@pytest.mark.parametrize("before", ["codice fiscale", "mio cf"])
def test_words_before_a_spaced_fiscal_code_do_not_hide_it(before: str) -> None:
    """A spaced codice fiscale leaves whatever word stands before it."""
    assert mask(f"{before} RSS MRA 85M01 H501Q")[0] == f"{before} [codice fiscale]"


@pytest.mark.parametrize("text", ["RSSMRA85M01H501Z", "ABCDEFGHILMNOPQR", "1234567890123456x"])
def test_what_only_looks_like_a_fiscal_code_stays(text: str) -> None:
    """Sixteen characters with a wrong check letter are no codice fiscale."""
    assert "codice fiscale" not in mask(text)[1]


@given(ibans(), st.sampled_from(["", " "]))
def test_ibans_leave(code: str, glue: str) -> None:
    """A valid IBAN leaves, in one piece or in groups of four."""
    planted_in(glue.join(re.findall(".{1,4}", code)), "IBAN")


def test_the_sentence_after_an_iban_stays() -> None:
    """The words after an IBAN belong to the sentence."""
    text = "iban IT60 X054 2811 1010 0000 0123 456 intestato a me"
    assert mask(text) == ("iban [IBAN] intestato a me", ("IBAN",))


def test_an_iban_grouped_by_meaning_leaves() -> None:
    """An IBAN written as country, check, CIN, bank, branch and account leaves."""
    planted_in("IT 60 X 05428 11101 000000123456", "IBAN")


@given(cards(), st.sampled_from(["", " ", "-"]))
def test_cards_leave(number: str, glue: str) -> None:
    """A card number that passes Luhn's check leaves, with or without groups."""
    planted_in(glue.join(re.findall("....", number)), "numero di carta")


@pytest.mark.parametrize("number", ["4111111111111112", "1234567890123456"])
def test_a_number_that_fails_luhn_is_no_card(number: str) -> None:
    """Sixteen digits that fail Luhn's check are not a card."""
    assert "numero di carta" not in mask(number)[1]


@pytest.mark.parametrize("after", [" 123", " 12/28"])
def test_digits_after_a_card_do_not_hide_it(after: str) -> None:
    """A card number leaves also with its expiry date or its security code behind it."""
    assert "4111" not in mask(f"4111 1111 1111 1111{after}")[0]


@pytest.mark.parametrize("number", PHONES)
def test_phones_leave(number: str) -> None:
    """A telephone number leaves in every form Italians write it."""
    planted_in(number, "telefono")


def test_two_phones_leave() -> None:
    """Two numbers in a sentence are two marks and one kind."""
    assert mask("347 1234567 o 06 12345678") == ("[telefono] o [telefono]", ("telefono",))


@given(emails())
def test_emails_leave(address: str) -> None:
    """An e-mail address leaves."""
    planted_in(address, "e-mail")


@pytest.mark.parametrize("text", KEPT)
def test_what_is_not_personal_stays(text: str) -> None:
    """Public numbers, amounts, years, dates and law numbers stay."""
    assert mask(f"Vale {text}?") == (f"Vale {text}?", ())


@pytest.mark.parametrize("number", sorted(PUBLIC_NUMBERS))
def test_public_numbers_stay(number: str) -> None:
    """Every public number stays as it is dialled."""
    assert mask(f"chiama {number}") == (f"chiama {number}", ())


@pytest.mark.parametrize(
    "text", ["aperto 09.00-17.00", "350.000.000 euro", "350000000 euro", "+39 06 164164"]
)
def test_hours_and_millions_stay(text: str) -> None:
    """Opening hours, large amounts and +39 public numbers are not personal data."""
    assert mask(text) == (text, ())


@given(st.text(max_size=60), PLANTED, st.text(max_size=60))
def test_masking_is_idempotent(before: str, datum: str, after: str) -> None:
    """Masking a masked text changes nothing more."""
    masked, _ = mask(f"{before} {datum} {after}")
    assert mask(masked) == (masked, ())


WORDS = st.lists(
    st.sampled_from(
        ["ciao,", "il", "mio", "numero", "è", "giusto:", "grazie", "(scusi)", "-", "ok?"]
    ),
    max_size=6,
).map(" ".join)


@given(WORDS, PLANTED, WORDS)
def test_planted_data_never_survive(before: str, datum: str, after: str) -> None:
    """Whatever words stand around it, a planted datum is not in the masked text."""
    masked, kinds = mask(f"{before} {datum}, {after}")
    assert datum not in masked
    assert kinds


@given(st.lists(PLANTED, min_size=2, max_size=4))
def test_many_data_leave_together(data: list[str]) -> None:
    """Several data in one message all leave."""
    masked, _ = mask("; ".join(data))
    assert [datum for datum in data if datum in masked] == []


@given(mobiles())
def test_a_mobile_alone_leaves(number: str) -> None:
    """A message that is only a number becomes only a mark (0039 and Luhn may make it a card's)."""
    assert mask(number)[0] in {"[telefono]", "[numero di carta]"}


def test_curated_questions_are_never_masked(shipped: Knowledge) -> None:
    """None of the shipped questions and answers holds what would be taken for personal data."""
    entries = shipped.entries.values()
    wrong = [q for entry in entries for q in [*entry.questions, entry.answer] if mask(q)[1]]
    assert wrong == []
