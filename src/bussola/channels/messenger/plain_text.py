"""Messenger draws no markup: Markdown and HTML become the text they stand for."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

_TAGS = (
    "a|abbr|article|aside|b|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|"
    "del|details|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|"
    "i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|nav|object|ol|option|p|picture|pre|q|"
    "s|samp|section|select|small|source|span|strike|strong|sub|summary|sup|svg|table|tbody|td|"
    "textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video|audio|wbr"
)
"""Known ones only: an expert may write "<nome>", and means it."""
_URL = re.compile(r"https?://[^\s<>\"\ufdd0\ufdd1]+")
_KEPT = re.compile("\ufdd0(\\d+)\ufdd1")
_LINKED = r"(https?://|/|mailto:|tel:)"
_MARKDOWN_LINK = re.compile(
    r"!?\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]"
    rf"\(\s*<?(?={_LINKED})((?:[^\s()<>]|\([^\s()<>]*\))+)>?(?:\s+[\"'][^\"'\n]*[\"'])?\s*\)"
)
_ANCHOR = re.compile(
    r"<a\s[^<>]*?href\s*=\s*[\"']?([^\"'\s<>]+)[^<>]*>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL
)
_ANGLED = re.compile(r"<((?:https?://|mailto:)[^\s<>]+|[^\s<>@]+@[^\s<>@]+)>")
_TRAILING = ".,;:!?)]}»”\"'*_~`"
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!~>|])")
_SILENT = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_PARAGRAPH_TAG = re.compile(
    r"</?(?:p|div|h[1-6]|ul|ol|table|blockquote|section)\b[^<>]*>", re.IGNORECASE
)
_LINE_TAG = re.compile(r"<br\b[^<>]*>|</(?:li|tr|dt|dd)\s*>", re.IGNORECASE)
_ITEM_TAG = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_INSIDE = r"(?:[^\n]|\n(?!\n))"
_MARKS = (
    (re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE), r"\1"),
    # "> 50 anni" and "+ 5 euro" are no markup: before a figure these marks mean something.
    (re.compile(r"^[ \t]*(?:>[ \t]?)+(?=[^\s\d])", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*][ \t]+(?=\S)|\+[ \t]+(?=[^\s\d]))", re.MULTILINE), "• "),
    (re.compile(rf"\*\*(?=[^\s])({_INSIDE}+?)(?<=\S)\*\*"), r"\1"),
    (re.compile(rf"(?<!\w)__(?=\S)({_INSIDE}+?)(?<=\S)__(?!\w)"), r"\1"),
    (re.compile(rf"~~(?=\S)({_INSIDE}+?)(?<=\S)~~"), r"\1"),
    (re.compile(rf"(?<![\w*])\*(?=[^\s*])({_INSIDE}+?)(?<=[^\s*])\*(?![\w*])"), r"\1"),
    (re.compile(rf"(?<![\w_])_(?=[^\s_])({_INSIDE}+?)(?<=[^\s_])_(?![\w_])"), r"\1"),
    (re.compile(r"(?<!`)(`+)([^`\n]+)\1(?!`)"), r"\2"),
)


def plain_text(text: str, link: Callable[[str], str] = str) -> str:
    """`text` without Markdown and HTML; links as "label: address".

    `link` makes a full address of one of our pages ("/schede/x").
    """
    kept: list[str] = []

    def keep(words: str) -> str:
        """Stands for an address while the marks around it go, so that nothing changes it."""
        kept.append(words)
        return f"\ufdd0{len(kept) - 1}\ufdd1"

    def named(label: str, address: str) -> str:
        whole = _address(address, link)
        return keep(whole) if label.strip() in {"", whole, address} else f"{label}: {keep(whole)}"

    def bare(match: re.Match[str]) -> str:
        address = match.group().rstrip(_TRAILING)
        return keep(address.replace("&amp;", "&")) + match.group()[len(address) :]

    plain = _SILENT.sub("", re.sub("[\ufdd0\ufdd1]", "", text).replace("\r\n", "\n"))
    plain = _ANCHOR.sub(lambda m: named(m[2], m[1]), plain)
    plain = _MARKDOWN_LINK.sub(lambda m: named(m[1], m[3]), plain)
    plain = _URL.sub(bare, _ANGLED.sub(lambda m: keep(_address(m[1], link)), plain))
    plain = _ESCAPED.sub(lambda m: keep(m[1]), plain)
    plain = _without_marks(_without_tags(plain))
    plain = _KEPT.sub(lambda m: kept[int(m[1])], plain)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", plain)).strip()


def _address(written: str, link: Callable[[str], str]) -> str:
    address = written.replace("&amp;", "&").removeprefix("mailto:").removeprefix("tel:")
    return link(address) if address.startswith("/") else address


def _without_tags(text: str) -> str:
    plain = _LINE_TAG.sub("\n", _PARAGRAPH_TAG.sub("\n\n", text))
    plain = _TAG.sub("", _ITEM_TAG.sub("\n• ", plain))
    return _ENTITY.sub(lambda m: html.unescape(m.group()), plain)


def _without_marks(text: str) -> str:
    for pattern, replacement in _MARKS:
        text = pattern.sub(replacement, text)
    return text
