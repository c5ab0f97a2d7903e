"""Personal data leaves the text before anything is stored or logged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import phonenumbers
from stdnum import iban, luhn
from stdnum.it import codicefiscale

# Numbers everybody may write: emergency and INPS lines are not personal data.
PUBLIC_NUMBERS = frozenset(
    {"112", "113", "114", "115", "118", "1522", "19696", "803164", "06164164", "800290290",
     "800939000"}
)  # fmt: skip

_EMAIL = re.compile(r"[\w.+%-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
# A look-ahead, so that words before a code written with blanks cannot swallow it.
_FISCAL_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?=((?:[A-Za-z0-9][ .-]?){15}[A-Za-z0-9])(?![A-Za-z0-9]))"
)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}[ .-]?\d{2}(?:[ .-]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])"
)
_CARD = re.compile(r"(?<!\d)(?=[2-6])(?:\d[ .-]?){12,30}\d(?!\d)")
_SHORTEST_CARD, _LONGEST_CARD = 13, 19
_MONEY_AFTER = re.compile(r"\s?(?:euro|eur|€)", re.IGNORECASE)
_HOURS = re.compile(r"\d{1,2}[.:]\d{2}\s?[-–/]\s?\d{1,2}[.:]\d{2}")
_BARE_PHONE = re.compile(
    r"(?<![\d.,/])(?:\+39|0039)?[ .-]?(?:3\d{2}[ ./-]?\d{3}[ ./-]?\d{3,4})(?!\d)"
)


def mask(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with personal data replaced by its kind in brackets, and the kinds found."""
    found: list[str] = []
    for kind, spans in _DETECTORS:
        for start, end in sorted(spans(text), reverse=True):
            text = f"{text[:start]}[{kind}]{text[end:]}"
            found.append(kind)
    return text, tuple(dict.fromkeys(found))


def _emails(text: str) -> Iterator[tuple[int, int]]:
    yield from (m.span() for m in _EMAIL.finditer(text))


def _fiscal_codes(text: str) -> Iterator[tuple[int, int]]:
    for match in _FISCAL_CODE.finditer(text):
        if codicefiscale.is_valid(re.sub(r"[ .-]", "", match.group(1))):
            yield match.span(1)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    """The longest valid IBAN of each candidate: words after it belong to the sentence."""
    for match in _IBAN.finditer(text):
        candidate = match.group()
        for end in range(len(candidate), 14, -1):
            if iban.is_valid(re.sub(r"[ .-]", "", candidate[:end])):
                yield match.start(), match.start() + len(candidate[:end].rstrip(" .-"))
                break


def _cards(text: str) -> Iterator[tuple[int, int]]:
    """The longest valid number of each candidate: an expiry or a code may follow it."""
    for match in _CARD.finditer(text):
        ends = [i + 1 for i, c in enumerate(match.group()) if c.isdigit()]
        for end in reversed(ends[_SHORTEST_CARD - 1 : _LONGEST_CARD]):
            if luhn.is_valid(re.sub(r"[ .-]", "", match.group()[:end])):
                yield match.start(), match.start() + end
                break


def _phones(text: str) -> Iterator[tuple[int, int]]:
    spans = [m.span() for m in _BARE_PHONE.finditer(text)]
    matcher = phonenumbers.PhoneNumberMatcher(text, "IT", leniency=phonenumbers.Leniency.VALID)
    spans += [(m.start, m.end) for m in matcher]
    last = -1
    for start, end in sorted(spans):
        if start >= last and not _no_phone(text, start, end):
            yield end - len(text[start:end].lstrip(" .-")), end
            last = end


def _no_phone(text: str, start: int, end: int) -> bool:
    """Public lines, sums of money and opening hours look like telephone numbers."""
    digits = re.sub(r"^(?:0039|39)(?=[0138])", "", re.sub(r"\D", "", text[start:end]))
    return bool(
        digits in PUBLIC_NUMBERS
        or _MONEY_AFTER.match(text[end:])
        or _HOURS.fullmatch(text[start:end].strip())
    )


_DETECTORS: tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    ("e-mail", _emails),
    ("codice fiscale", _fiscal_codes),
    ("IBAN", _ibans),
    ("numero di carta", _cards),
    ("telefono", _phones),
)
