"""`bussola faq ...`: check, count, and take to and from a spreadsheet what curators wrote."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from bussola.knowledge.findings import Finding
from bussola.knowledge.loading import Knowledge, load
from bussola.knowledge.stats import table_of
from bussola.settings import Settings

DEFAULT_TEST_QUESTIONS = Path("evaluation/test.jsonl")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `faq` and its own commands to the command line."""
    faq = commands.add_parser("faq", help="check and describe the knowledge")
    inside = faq.add_subparsers(required=True, metavar="COMMAND")
    text = "say what is wrong, and on which line"
    check = inside.add_parser("check", help=text, description=text)
    check.add_argument("--test-questions", type=Path, default=None, metavar="FILE",
                       help="questions no variant may repeat (JSON lines)")  # fmt: skip
    check.add_argument("--deep", action="store_true",
                       help="also look for variants nearer to another entry (slow)")  # fmt: skip
    check.set_defaults(run=_faq_check)
    for name, run, text in (
        ("export", _faq_export, "write entries, signposts and figures to a spreadsheet"),
        ("import", _faq_import, "take a spreadsheet back: what changed, or nothing"),
    ):
        command = inside.add_parser(name, help=text, description=text)
        where = command.add_mutually_exclusive_group(required=True)
        where.add_argument("--xlsx", type=Path, metavar="FILE", help="an Excel workbook")
        where.add_argument("--csv", type=Path, metavar="FOLDER", help="a folder of CSV files")
        command.set_defaults(run=run)
        if name == "import":
            command.add_argument("--try", action="store_true", dest="only_try",
                                 help="say what would change, write nothing")  # fmt: skip
    text = "count entries, variants, guides and translations"
    inside.add_parser("stats", help=text, description=text).set_defaults(run=_faq_stats)
    text = "print the JSON Schema of an entry file, for editors"
    inside.add_parser("schema", help=text, description=text).set_defaults(run=_faq_schema)


def _faq_check(now: Settings, options: argparse.Namespace) -> int:
    from bussola.knowledge.checking import Shelf, check

    questions = options.test_questions or _test_questions()
    deep = _misplaced(now) if options.deep else None
    problems = check(Shelf(now.faq, now.facts, questions), now.day(), deep)
    for problem in problems:
        print(problem)
    errors = sum(problem.severity == "error" for problem in problems)
    print(f"{errors} errori, {len(problems) - errors} avvisi")
    return 1 if errors else 0


def _misplaced(now: Settings) -> Callable[[Knowledge], list[tuple[str, Finding]]]:
    """The check that needs the encoder: minutes the first time, half a minute afterwards."""
    from bussola.bootstrap import build_encoder, cached
    from bussola.knowledge.index import Index, material_of
    from bussola.knowledge.misplaced import misplaced_variants

    encoder = cached(now, build_encoder(now))
    return lambda knowledge: misplaced_variants(Index(material_of(knowledge), encoder))


def _faq_stats(now: Settings, _: argparse.Namespace) -> int:
    for line in table_of(load(now.faq)):
        print(line)
    return 0


def _faq_export(now: Settings, options: argparse.Namespace) -> int:
    from bussola.curating.rows import as_rows
    from bussola.curating.workbook import write_csv, write_xlsx

    book = as_rows(load(now.faq))
    if options.xlsx:
        write_xlsx(book, options.xlsx)
    else:
        write_csv(book, options.csv)
    print(", ".join(f"{name}: {len(rows)}" for name, rows in book.items()))
    return 0


def _faq_import(now: Settings, options: argparse.Namespace) -> int:
    from bussola.curating.importing import take_in
    from bussola.curating.workbook import UnreadableBook, read_csv, read_xlsx
    from bussola.knowledge.checking import Shelf

    try:
        book = read_xlsx(options.xlsx) if options.xlsx else read_csv(options.csv)
    except UnreadableBook as error:
        print(f"bussola: {error}", file=sys.stderr)
        return 2
    shelf = Shelf(now.faq, now.facts, _test_questions())
    report = take_in(book, shelf, now.day(), write=not options.only_try)
    for line in report.lines():
        print(line)
    return 1 if report.problems else 0


def _test_questions() -> Path | None:
    """The questions no variant may repeat, when they are at hand."""
    return DEFAULT_TEST_QUESTIONS if DEFAULT_TEST_QUESTIONS.is_file() else None


def _faq_schema(_now: Settings, _: argparse.Namespace) -> int:
    from bussola.knowledge.entry import Entry

    schema = Entry.model_json_schema()
    definitions = schema.pop("$defs", {})
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"entries": {"type": "array", "items": schema}},
        "required": ["entries"],
        "$defs": definitions,
    }
    print(json.dumps(whole, indent=2, ensure_ascii=False))
    return 0
