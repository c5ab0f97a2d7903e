"""Is a reply really ours? Anybody can check the mark that it bears, and its very words."""

from __future__ import annotations

import hmac
from typing import Literal
from urllib.parse import quote

from aiohttp import web

from bussola.conversations.desk_rules import tidy_case_code
from bussola.storage.desk_store import digest_of
from bussola.web.keys import DESK_STORE, GUESSES, TEMPLATES
from bussola.web.permissions import Routes

_PAGE = "/verifica"
_LONGEST = 40
"""Characters of a code with room for what people type around it."""
_LETTERS = 12
_MOST_TEXT = 20_000

Words = Literal["", "same", "different"]


def add_routes(routes: Routes) -> None:
    """The doors of this room."""
    routes.get(_PAGE, form, "everybody")
    routes.post(_PAGE, check, "everybody")
    routes.get(_PAGE + "/{code}", verdict, "everybody")


def tidy_mark(typed: str) -> str:
    """A mark as people type it (lower case, blanks, without its R) in its written form."""
    plain = tidy_case_code(typed).replace("-", "")
    letters = plain[1:] if len(plain) == _LETTERS + 1 and plain[0] == "R" else plain
    return f"R-{tidy_case_code(letters)}"


async def form(request: web.Request) -> web.Response:
    return request.app[TEMPLATES].page("verification.html", code="", asked=False)


async def check(request: web.Request) -> web.Response:
    """With words to compare the verdict is shown at once: they never enter an address."""
    given = await request.post()
    typed, text = (str(given.get(name, "")) for name in ("code", "text"))
    typed = typed[:_LONGEST].strip()
    if not typed:
        raise web.HTTPSeeOther(_PAGE)
    if not text.strip():
        raise web.HTTPSeeOther(f"{_PAGE}/{quote(tidy_mark(typed), safe='')}")
    return await _answer(request, typed, text[:_MOST_TEXT])


async def verdict(request: web.Request) -> web.Response:
    return await _answer(request, request.match_info["code"][:_LONGEST], "")


async def _answer(request: web.Request, typed: str, text: str) -> web.Response:
    """The same look-up and the same status for marks that are ours and those that are not."""
    guesses, guesser = request.app[GUESSES], f"mark:{request.remote}"
    if guesses.exhausted(guesser):
        return request.app[TEMPLATES].page(
            "verification.html", 429, code="", asked=False, too_many=True
        )
    code = tidy_mark(typed)
    found = await request.app[DESK_STORE].official(code)
    given_at, digest = found or (None, "")
    if found is None:
        guesses.allow(guesser)
    same = hmac.compare_digest(digest_of(text), digest)
    words: Words = "" if not text else "same" if same else "different"
    return request.app[TEMPLATES].page(
        "verification.html", code=code, asked=True, given_at=given_at, words=words
    )
