"""Thumb writing ("nn so ke fare x la colf") written out, for questions and variants alike.

Only what is never anything else: a number, a name or a word of another language stays as it is.
"""

from __future__ import annotations

import re

from bussola.text import one_line

_SHORT = {
    "nn": "non", "ke": "che", "ki": "chi", "xke": "perché", "xkè": "perché", "xké": "perché",
    "perke": "perché", "perkè": "perché", "perké": "perché", "xche": "perché", "xchè": "perché",
    "xché": "perché", "xò": "però", "pero'": "però", "cmq": "comunque", "cn": "con", "qnd": "quando",
    "qndo": "quando", "quanno": "quando", "qnt": "quanto", "qnto": "quanto", "qlc": "qualche",
    "qlcs": "qualcosa", "qlcn": "qualcuno", "qst": "questo", "qsta": "questa", "qsto": "questo",
    "qlla": "quella", "dv": "dove", "dp": "dopo", "sn": "sono", "tt": "tutto", "tnt": "tanto",
    "grz": "grazie", "gg": "giorni", "anke": "anche", "poke": "poche", "cke": "che", "ank": "anche",
    "msg": "messaggio", "nnt": "niente",
    "pomer": "pomeriggio",
    "vorei": "vorrei", "cè": "c'è", "ce'": "c'è", "pò": "po'", "puo": "può", "piu": "più",
    "gia": "già", "cosi": "così", "pke": "perché", "xk": "perché", "kosa": "cosa",
    "kome": "come", "kuando": "quando", "kuanto": "quanto", "kiedere": "chiedere",
    "risp": "risposta",
}  # fmt: skip
_FOR = re.compile(r"(?<![\w.,])x(?=\s+[^\W\d_]{2})", re.IGNORECASE)
"""A lone x before a word means "per"; before a number it is "times"."""
_WORD = re.compile(r"[^\W\d_]+'?", re.UNICODE)
_REPEATED = re.compile(r"([!?.])\1+")
_STRETCHED = re.compile(r"(\w)\1{2,}", re.UNICODE)


def written_out(text: str) -> str:
    """`text` on one line with the shorthand of phones written out.

    Capitals are kept unless the whole text shouts.
    """
    text = one_line(text)
    letters = [c for c in text if c.isalpha()]
    if len(letters) > 12 and sum(c.isupper() for c in letters) > 0.8 * len(letters):
        text = text.lower()
    text = _REPEATED.sub(r"\1", _STRETCHED.sub(r"\1\1", text))
    text = _FOR.sub("per", text)
    return _WORD.sub(lambda found: _SHORT.get(found[0].lower(), found[0]), text)
