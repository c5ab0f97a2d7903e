"""From what happened to figures: shares with their error, by group, and the two curves."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from bussola.evaluating.running import Row

SILENT = frozenset({"dont_know", "off_topic"})
PASSED_ON = frozenset({"dont_know", "ask_which", "personal_case", "expert", "offer_handoff"})
Z95 = 1.96


def report(rows: list[Row]) -> dict[str, Any]:
    """The figures of the contract; shares are of the messages they concern."""
    general = _of(rows, "general")
    times = sorted(r.ms for r in rows)
    off = _of(rows, "off_topic")
    personal = _of(rows, "personal_case")
    double = [r for r in general if r.gold.also]
    return {
        "n": len(rows),
        "top1": _share(r.ranked[0] in r.wanted if r.ranked else False for r in general),
        "top3": _share(r.shown for r in general),
        "mrr": _mean([_reciprocal_rank(r) for r in general]),
        "answered": _share(r.kind in {"answer", "ask_which"} for r in general),
        "answered_right": _share(r.given for r in general),
        "wrong_answered": _share(r.sure_and_wrong for r in rows),
        "off_topic_recall": _kinds(off, SILENT),
        "near_miss_recall": _kinds([r for r in off if r.gold.style == "near_miss"], SILENT),
        "personal_case_recall": _kinds(personal, {"personal_case"}),
        "personal_near_miss_recall": _kinds(
            [r for r in personal if r.gold.style == "near_miss"], {"personal_case"}
        ),
        "personal_case_answered": _kinds(personal, {"answer"}),
        "general_taken_as_personal": _kinds(general, {"personal_case"}),
        "technical_passed_on": _kinds(_of(rows, "technical"), PASSED_ON),
        "smalltalk_recall": _kinds(_of(rows, "smalltalk"), {"small_talk"}),
        "abuse_recall": _kinds(_of(rows, "abuse"), {"abuse"}),
        "false_refusals": _kinds(general, SILENT),
        "both_questions": _share(_both(r) for r in double),
        "ms_p50": round(statistics.median(times), 1),
        "ms_p95": round(times[min(len(times) - 1, int(0.95 * len(times)))], 1),
    }


def error(share: float | None, n: int) -> float:
    """Half the width of the 95 % interval of a share of `n` questions (Wald)."""
    return Z95 * math.sqrt(share * (1 - share) / n) if share is not None and n else 0.0


def counted(rows: list[Row]) -> dict[str, int]:
    """How many messages each figure of `report` is a share of."""
    general = len(_of(rows, "general"))
    off, personal = _of(rows, "off_topic"), _of(rows, "personal_case")
    return {
        **dict.fromkeys(
            ("top1", "top3", "answered_right", "false_refusals", "general_taken_as_personal"),
            general,
        ),
        "wrong_answered": len(rows),
        "off_topic_recall": len(off),
        "near_miss_recall": sum(r.gold.style == "near_miss" for r in off),
        "personal_case_recall": len(personal),
        "personal_near_miss_recall": sum(r.gold.style == "near_miss" for r in personal),
        "personal_case_answered": len(personal),
        "technical_passed_on": len(_of(rows, "technical")),
        "smalltalk_recall": len(_of(rows, "smalltalk")),
        "abuse_recall": len(_of(rows, "abuse")),
        "both_questions": sum(bool(r.gold.also) for r in rows),
    }


def by_group(rows: list[Row], key: Callable[[Row], str | None]) -> list[dict[str, Any]]:
    """Figures of the general questions of each group, largest first."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for r in _of(rows, "general"):
        groups[key(r) or "-"].append(r)
    lines = [
        {
            "group": name,
            "n": len(mine),
            "given": _share(r.given for r in mine),
            "shown": _share(r.shown for r in mine),
            "wrong": _share(r.sure_and_wrong for r in mine),
            "silent": _kinds(mine, SILENT),
        }
        for name, mine in groups.items()
    ]
    return sorted(lines, key=lambda line: -line["n"])


def risk_coverage(rows: list[Row]) -> list[tuple[float, float]]:
    """(share answered, share of the answered that is wrong) as the threshold falls.

    Over every message for which knowledge had a best entry; the others are never answered.
    """
    scored = sorted(
        ((r.probability, bool(r.ranked) and r.ranked[0] in r.wanted) for r in rows
         if r.probability is not None and r.ranked),
        key=lambda pair: -pair[0],
    )  # fmt: skip
    curve, wrong = [], 0
    for place, (_, right) in enumerate(scored, 1):
        wrong += not right
        curve.append((place / len(rows), wrong / place))
    return curve


def reliability(rows: list[Row], bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean probability said, share right, messages) of each bin that is not empty."""
    filled: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for r in rows:
        if r.probability is not None and r.ranked:
            place = min(bins - 1, int(r.probability * bins))
            filled[place].append((r.probability, r.ranked[0] in r.wanted))
    return [
        (
            statistics.fmean(said for said, _ in mine),
            statistics.fmean(right for _, right in mine),
            len(mine),
        )
        for _, mine in sorted(filled.items())
    ]


def confusions(rows: list[Row]) -> list[tuple[str, str, int]]:
    """(entry expected, entry put first, how often), the most frequent first."""
    mixed = Counter(
        (r.gold.expect[0], r.ranked[0])
        for r in _of(rows, "general")
        if r.ranked and r.ranked[0] not in r.wanted
    )
    return [(wanted, got, times) for (wanted, got), times in mixed.most_common()]


def worst(rows: list[Row], most: int = 30) -> list[Row]:
    """The mistakes that harm most: sure and wrong first, the surer the worse; then silence."""

    def harm(r: Row) -> tuple[int, float]:
        if r.sure_and_wrong:
            return (3 if r.gold.kind == "personal_case" else 2), r.probability or 0.0
        if r.gold.kind == "general" and not r.shown:
            return 1, 1 - (r.probability or 0.0)
        return 0, 0.0

    bad = [r for r in rows if harm(r)[0]]
    return sorted(bad, key=harm, reverse=True)[:most]


def conversations(rows: list[Row]) -> dict[str, float | None]:
    """Shares of second turns understood, by what they ask of the context."""
    lines: dict[str, list[bool]] = defaultdict(list)
    for r in rows:
        lines[r.gold.style].append(_understood(r))
        lines["all"].append(_understood(r))
    return {name: _share(found) for name, found in sorted(lines.items())}


def _understood(row: Row) -> bool:
    if row.gold.kind == "general":
        return row.shown
    if row.gold.kind == "off_topic":
        return row.kind in SILENT
    if row.gold.kind == "details":
        return row.kind in {"details", "offer_handoff"} or row.entry_id in row.gold.expect
    return row.kind == row.gold.kind


def _both(row: Row) -> bool:
    seen = {*row.ranked, row.second}
    return bool(seen & set(row.gold.expect)) and bool(seen & set(row.gold.also))


def _of(rows: list[Row], kind: str) -> list[Row]:
    return [r for r in rows if r.gold.kind == kind]


def _kinds(rows: list[Row], right: Iterable[str]) -> float | None:
    return _share(r.kind in set(right) for r in rows)


def _reciprocal_rank(row: Row) -> float:
    ranks = [i for i, entry in enumerate(row.ranked, 1) if entry in row.wanted]
    return 1 / ranks[0] if ranks else 0.0


def _share(values: Iterable[bool]) -> float | None:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else None


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
