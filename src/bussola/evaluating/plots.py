"""The pictures of a report: how risk grows with answering, whether probabilities hold, what mixes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bussola.evaluating import figures
from bussola.evaluating.running import Row

_MOST_CONFUSED = 16
_LINE = "#0066cc"


def draw(rows: list[Row], folder: Path) -> list[Path]:
    """Write risk-coverage.svg, reliability.svg and confusion.svg into `folder`."""
    import matplotlib as mpl

    mpl.use("Agg")
    # The same rows give the same file.
    mpl.rcParams.update({"svg.hashsalt": "bussola", "font.size": 9})
    from matplotlib import pyplot as plt

    drawn = []
    pictures = {
        "risk-coverage": _risk_coverage, "reliability": _reliability, "confusion": _confusion,
    }  # fmt: skip
    for name, picture in pictures.items():
        figure, axes = plt.subplots(figsize=(5.5, 4) if name != "confusion" else (7.5, 6.5))
        picture(axes, rows)
        file = folder / f"{name}.svg"
        figure.tight_layout()
        figure.savefig(file, metadata={"Date": None})
        plt.close(figure)
        drawn.append(file)
    return drawn


def _risk_coverage(axes: Any, rows: list[Row]) -> None:
    curve = figures.risk_coverage(rows)
    axes.plot([c for c, _ in curve], [r for _, r in curve], color=_LINE)
    answered = [r for r in rows if r.kind == "answer"]
    if answered:
        wrong = sum(r.sure_and_wrong for r in answered)
        axes.plot([len(answered) / len(rows)], [wrong / len(answered)], "o", color="#cc334d")
        axes.annotate("  as shipped", (len(answered) / len(rows), wrong / len(answered)))
    axes.set(xlabel="share of all messages answered", ylabel="share of the answers that is wrong")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)


def _reliability(axes: Any, rows: list[Row]) -> None:
    bins = figures.reliability(rows)
    axes.plot([0, 1], [0, 1], "--", color="#888888")
    axes.plot([said for said, _, _ in bins], [right for _, right, _ in bins], "o-", color=_LINE)
    for said, right, many in bins:
        axes.annotate(f" {many}", (said, right), fontsize=7)
    axes.set(xlabel="probability of being right, as said", ylabel="share right", xlim=(0, 1))
    axes.grid(alpha=0.3)


def _confusion(axes: Any, rows: list[Row]) -> None:
    """The pairs of entries most often taken for one another."""
    mixed = figures.confusions(rows)[:_MOST_CONFUSED]
    wanted = sorted({pair[0] for pair in mixed})
    got = sorted({pair[1] for pair in mixed})
    grid = [[sum(t for w, g, t in mixed if (w, g) == (row, col)) for col in got] for row in wanted]
    axes.imshow(grid or [[0]], cmap="Blues", aspect="auto")
    axes.set_xticks(range(len(got)), got, rotation=60, ha="right", fontsize=6)
    axes.set_yticks(range(len(wanted)), wanted, fontsize=6)
    axes.set(xlabel="put first", ylabel="expected")
