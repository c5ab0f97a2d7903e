"""The report of an evaluation, as Markdown for people and JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bussola.evaluating import figures
from bussola.evaluating.running import Row

TARGETS: dict[str, tuple[str, float, str]] = {
    "answered_right": ("right answer given directly", 0.88, ">="),
    "top3": ("right answer given, or among those offered", 0.95, ">="),
    "wrong_answered": ("one answer in a sure tone, and wrong (of all messages)", 0.02, "<="),
    "off_topic_recall": ("other matters recognised", 0.97, ">="),
    "near_miss_recall": ("of these, near misses", 0.85, ">="),
    "personal_case_recall": ("personal cases recognised", 0.95, ">="),
    "personal_near_miss_recall": (
        "of these, in nearly the words of a general question",
        0.95,
        ">=",
    ),
    "personal_case_answered": ("personal cases answered as if general", 0.0, "<="),
    "false_refusals": ("silence where there is an answer", 0.05, "<="),
    "ms_p95": ("milliseconds of a turn, 95 % below", 120.0, "<="),
}
ACTS = "acts.md"
"""Left in the folder by Rasa's side, which cannot share a process with ours."""
_OTHERS = ("top1", "general_taken_as_personal", "technical_passed_on", "both_questions",
           "smalltalk_recall", "abuse_recall", "ms_p50")  # fmt: skip
_GROUPS = {"theme": lambda r: r.gold.theme, "style": lambda r: r.gold.style,
           "language": lambda r: r.gold.language}  # fmt: skip


def write(
    folder: Path, test: list[Row], others: dict[str, list[Row]], talks: list[Row],
    about: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Write report.md and report.json into `folder`; returns what the JSON holds.

    `others` are further sets by name (noised copy, development, calibration); `talks` the second
    turns of conversations; `about` names what was measured.
    """
    folder.mkdir(parents=True, exist_ok=True)
    acts = folder / ACTS
    whole = {
        "acts": acts.read_text(encoding="utf-8").strip() if acts.is_file() else "",
        "about": about,
        "test": figures.report(test),
        "n": figures.counted(test),
        "others": {name: figures.report(rows) for name, rows in others.items()},
        "conversations": figures.conversations(talks),
        "groups": {name: figures.by_group(test, key) for name, key in _GROUPS.items()},
        "confusions": figures.confusions(test)[:30],
        "risk_coverage": figures.risk_coverage(test)[:: max(1, len(test) // 100)],
        "reliability": figures.reliability(test),
        "worst": [row.to_json() for row in figures.worst(test)],
        "rows": [row.to_json() for row in test],
    }
    (folder / "report.json").write_text(
        json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    (folder / "report.md").write_text(markdown(whole), encoding="utf-8")
    return whole


def markdown(whole: dict[str, Any]) -> str:
    """The report as a page; plots are linked, not drawn here."""
    about = ", ".join(f"{name} {value}" for name, value in whole["about"].items())
    parts = [
        "# How well it answers", about,
        table(whole["test"], whole["n"]),
        "## The same with other questions", _others(whole),
        "## Second turns of conversations", _shares(whole["conversations"]),
        *(f"## By {name}\n\n{_group(lines)}" for name, lines in whole["groups"].items()),
        *(["## Dialogue acts of Rasa, cross-validated", whole["acts"]] if whole["acts"] else []),
        "## Pictures",
        "![risk and coverage](risk-coverage.svg) ![reliability](reliability.svg)",
        "![confusion](confusion.svg)",
        "## The worst mistakes", _worst(whole["worst"]),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def table(test: dict[str, Any], n: dict[str, int]) -> str:
    """The targets with what was measured, its error and whether it is met."""
    lines = ["| of the messages concerned | measured | target | |", "|---|---|---|---|"]
    for name, (words, target, way) in TARGETS.items():
        value = test[name]
        met = value is not None and (value >= target if way == ">=" else value <= target)
        wanted = f"{way} {_written(name, target)}".replace(">=", "≥").replace("<=", "≤")
        lines.append(f"| {words} | {_with_error(name, value, n)} | {wanted} | {_met(met)} |")
    lines += [f"| `{name}` | {_with_error(name, test[name], n)} | | |" for name in _OTHERS]
    return "\n".join(lines)


def _met(met: bool) -> str:
    return "met" if met else "missed"


def _with_error(name: str, value: float | None, n: dict[str, int]) -> str:
    if name not in n or value is None:
        return _written(name, value)
    return f"{_written(name, value)} ± {100 * figures.error(value, n[name]):.1f} (n = {n[name]})"


def _written(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f} ms" if name.startswith("ms") else f"{100 * value:.1f} %"


def _others(whole: dict[str, Any]) -> str:
    names = ("answered_right", "top3", "wrong_answered", "off_topic_recall",
             "personal_case_recall", "false_refusals")  # fmt: skip
    lines = ["| set | n | " + " | ".join(f"`{n}`" for n in names) + " |",
             "|---" * (len(names) + 2) + "|"]  # fmt: skip
    for name, figures_of in {"test": whole["test"], **whole["others"]}.items():
        cells = " | ".join(_written(n, figures_of[n]) for n in names)
        lines.append(f"| {name} | {figures_of['n']} | {cells} |")
    return "\n".join(lines)


def _shares(shares: dict[str, float | None]) -> str:
    lines = ["| what the second turn does | understood |", "|---|---|"]
    return "\n".join([*lines, *(f"| {n} | {_written(n, v)} |" for n, v in shares.items())])


def _group(lines: list[dict[str, Any]]) -> str:
    rows = ["| | n | given | shown | sure and wrong | silent |", "|---|---|---|---|---|---|"]
    for line in lines:
        cells = " | ".join(_written("", line[k]) for k in ("given", "shown", "wrong", "silent"))
        rows.append(f"| {line['group']} | {line['n']} | {cells} |")
    return "\n".join(rows)


def _worst(rows: list[dict[str, Any]]) -> str:
    lines = ["| question | expected | got |", "|---|---|---|"]
    for row in rows:
        text = row["text"].replace("|", "/").replace("\n", " ")[:160]
        wanted = ", ".join(row["expect"] or [row["expected_kind"]])
        got = row["entry_id"] or ", ".join(row["options"]) or row["kind"]
        lines.append(f"| {text} | {wanted} | {got} ({row['probability'] or 0:.2f}) |")
    return "\n".join(lines)
