"""Takes a book of rows into the YAML files: only what changed, with comments kept, or nothing.

The result is checked as `bussola faq check` does before a single file is written.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from bussola.curating.rows import Book, Items, Raw, as_items, as_rows, completed, misfits
from bussola.curating.yaml_file import YamlFile
from bussola.knowledge.checking import Shelf, check
from bussola.knowledge.entry import Entry, Signpost
from bussola.knowledge.figures import Figure
from bussola.knowledge.loading import Knowledge, Problem, in_plain_words, load

_MODELS: dict[str, type[BaseModel]] = {"entries": Entry, "signposts": Signpost, "figures": Figure}


@dataclass
class Report:
    """What an import did or would do; `problems` not empty means that nothing was written."""

    changed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    """Known here, but not in the book: left as they are."""
    problems: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The report in plain Italian."""
        for title, items in (
            ("Cambiate", self.changed), ("Nuove", self.added),
            ("Non nel foglio, lasciate come sono", self.absent), ("Da correggere", self.problems),
        ):  # fmt: skip
            if items:
                yield f"{title}: {len(items)}"
                yield from (f"  {item}" for item in items)
        if self.problems:
            yield "Non ho scritto nulla: correggi e riprova."
        elif not (self.changed or self.added):
            yield "Nessun cambiamento."


def take_in(book: Book, shelf: Shelf, today: date, write: bool = True) -> Report:
    """Import `book` into the folder of `shelf`. Raises KnowledgeError when that is not sound."""
    knowledge, report = load(shelf.faq), Report()
    book = completed(book, as_rows(knowledge))
    report.problems += misfits(book)
    sections = as_items(book)
    for section, items in sections.items():
        known: dict[str, Any] = getattr(knowledge, section)
        report.absent += [identity for identity in known if items and identity not in items]
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / "faq"
        shutil.copytree(shelf.faq, draft)
        _apply(sections, knowledge, draft, report)
        if report.problems or not (report.changed or report.added):
            return report
        found = check(Shelf(draft, shelf.facts, shelf.test_questions), today)
        errors = [problem for problem in found if problem.severity == "error"]
        before = {_said(problem) for problem in check(shelf, today)} if errors else set()
        report.problems += [str(problem) for problem in errors if _said(problem) not in before]
        if write and not report.problems:
            _replace_changed(draft, shelf.faq)
    return report


def _said(problem: Problem) -> tuple[str, str, str]:
    """A problem without its line, which moves when a file grows."""
    return problem.file, problem.where, problem.message


def _apply(sections: Items, knowledge: Knowledge, folder: Path, report: Report) -> None:
    files: dict[str, YamlFile] = {}
    for section, items in sections.items():
        known: dict[str, BaseModel] = getattr(knowledge, section)
        for identity, (file, raw) in items.items():
            new = _read(section, identity, raw, report)
            if new is None or new == known.get(identity):
                continue
            old = known.get(identity)
            name = knowledge.places[identity].file if old else file
            if not _inside(folder, name):
                report.problems.append(f"{identity}: la colonna file non va bene («{file}»)")
                continue
            if name not in files:
                files[name] = YamlFile(folder / name)
            yaml = files[name]
            if old is None:
                yaml.add(section, identity, raw)
                report.added.append(identity)
            else:
                fields = _different(old, new)
                yaml.change(section, identity, {f: raw.get(f) for f in fields})
                report.changed.append(
                    f"{identity}: {', '.join(_told(f, old, new) for f in fields)}"
                )
    for name, yaml in files.items():
        report.problems += [
            f"{name}: si perderebbe il commento «{comment}»: cambia questa voce nel file"
            for comment in yaml.save()
        ]


def _read(section: str, identity: str, raw: Raw, report: Report) -> BaseModel | None:
    try:
        return _MODELS[section].model_validate(raw)
    except ValidationError as error:
        for item in error.errors():
            at = ".".join(str(step) for step in item["loc"])
            report.problems.append(f"{identity}: {at}: {in_plain_words(dict(item))}")
        return None


def _different(old: BaseModel, new: BaseModel) -> list[str]:
    names = type(old).model_fields
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _told(name: str, old: BaseModel, new: BaseModel) -> str:
    """A changed field; what leaves a list or a table is counted, so that nobody misses it."""
    before, after = getattr(old, name), getattr(new, name)
    if not isinstance(before, list | dict):
        return name
    gone = sum(item not in after for item in before)
    return f"{name} ({gone} in meno)" if gone else name


def _inside(folder: Path, name: str) -> bool:
    """A YAML file of the folder, and of nowhere else."""
    file = (folder / name).resolve()
    return name.endswith(".yml") and file.is_relative_to(folder.resolve()) and file.parent.is_dir()


def _replace_changed(draft: Path, folder: Path) -> None:
    """Each file appears whole, or stays as it was."""
    for file in sorted(draft.rglob("*.yml")):
        target = folder / file.relative_to(draft)
        content = file.read_bytes()
        if not target.is_file() or target.read_bytes() != content:
            part = target.with_suffix(".part")
            part.write_bytes(content)
            part.replace(target)
