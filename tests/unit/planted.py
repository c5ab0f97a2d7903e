"""Strategies that make valid personal data, none of it of anybody."""

from __future__ import annotations

from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iban import calc_check_digits
from stdnum.it import codicefiscale

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"
_OMOCODIA = "LMNPQRSTUV"
_OMOCODIA_PLACES = (6, 7, 9, 10, 12, 13, 14)


@st.composite
def fiscal_codes(draw: st.DrawFn) -> str:
    """A codice fiscale with its check letter; some of its digits may be letters (omocodia)."""
    name = "".join(draw(st.lists(st.sampled_from("BCDFGLMNPRSTVZ"), min_size=6, max_size=6)))
    year, day = draw(st.integers(0, 99)), draw(st.integers(1, 28))
    place = draw(st.integers(1, 999))
    month = draw(st.sampled_from("ABCDEHLMPRST"))
    code = list(f"{name}{year:02}{month}{day:02}H{place:03}")
    for position in draw(st.sets(st.sampled_from(_OMOCODIA_PLACES))):
        code[position] = _OMOCODIA[int(code[position])]
    plain = "".join(code)
    return plain + codicefiscale.calc_check_digit(plain)


@st.composite
def ibans(draw: st.DrawFn) -> str:
    """An Italian IBAN with its check digits and its CIN."""
    from stdnum.iban import is_valid

    account = "".join(draw(st.lists(st.sampled_from(_DIGITS), min_size=22, max_size=22)))
    candidates = (f"{cin}{account}" for cin in _LETTERS)
    whole = (f"IT{calc_check_digits(f'IT00{bban}')}{bban}" for bban in candidates)
    return next(code for code in whole if is_valid(code))


@st.composite
def cards(draw: st.DrawFn) -> str:
    """A card number of 16 digits that passes Luhn's check."""
    body = draw(st.sampled_from("45")) + "".join(
        draw(st.lists(st.sampled_from(_DIGITS), min_size=14, max_size=14))
    )
    return body + luhn.calc_check_digit(body)


@st.composite
def mobiles(draw: st.DrawFn) -> str:
    """A mobile number as Italians write it."""
    prefix = draw(st.sampled_from(["320", "328", "333", "339", "340", "347", "349", "366", "391"]))
    rest = "".join(draw(st.lists(st.sampled_from(_DIGITS), min_size=7, max_size=7)))
    country = draw(st.sampled_from(["", "+39 ", "+39", "0039 "]))
    glue = draw(st.sampled_from(["", " ", "-", "/", "."]))
    return f"{country}{prefix}{glue}{rest}"


@st.composite
def emails(draw: st.DrawFn) -> str:
    """An address with a name, perhaps a dot or a plus, and a site."""
    word = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=2, max_size=10)
    middle = draw(st.sampled_from(["", ".", "_", "-", "+"]))
    ending = draw(st.sampled_from(["it", "com", "gov.it", "example"]))
    return f"{draw(word)}{middle}{draw(word)}@{draw(word)}.{ending}"


PLANTED = st.one_of(fiscal_codes(), ibans(), cards(), mobiles(), emails())
"""Any of them."""
