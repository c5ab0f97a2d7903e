"""The whole evaluation: every part of a folder through the whole path, a report and pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bussola.evaluating import plots, report
from bussola.evaluating.gold import Gold, read_gold
from bussola.evaluating.noise import noised
from bussola.evaluating.running import Row, through_the_service
from bussola.settings import Settings

Say = Callable[[str], None]
_EVERY = 100


async def measure(settings: Settings, parts: Path, out: Path, say: Say) -> dict[str, Any]:
    """Ask the questions of `parts` and write the report into `out`; returns its JSON.

    `parts` holds test, development, calibration and conversations-test as JSON lines. Raises
    EvaluationError or OSError when one cannot be read.
    """
    sets = {name: read_gold(parts / f"{name}.jsonl") for name in
            ("test", "development", "calibration", "conversations-test")}  # fmt: skip
    sets["test, typed badly"] = [noised(gold) for gold in sets["test"]]
    rows = {name: await _ask(settings, name, gold, say) for name, gold in sets.items()}
    test, talks = rows.pop("test"), rows.pop("conversations-test")
    whole = report.write(out, test, rows, talks, _about(settings))
    plots.draw(test, out)
    return whole


async def _ask(settings: Settings, name: str, gold: list[Gold], say: Say) -> list[Row]:
    def progress(done: int, of: int) -> None:
        if done % _EVERY == 0 or done == of:
            say(f"{name}: {done} of {of}")

    return await through_the_service(settings, gold, progress)


def _about(settings: Settings) -> dict[str, Any]:
    from bussola.knowledge.loading import load

    knowledge = load(settings.faq)
    return {
        "knowledge": knowledge.version,
        "entries": len(knowledge.entries),
        "signposts": len(knowledge.signposts),
        "encoder": f"{settings.encoder} ({settings.encoder_backend})",
    }
