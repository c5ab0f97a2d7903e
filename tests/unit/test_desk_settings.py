"""desk_settings.py and data/desk.yml: hours, closing days, levels and limits of the desk."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.bootstrap import promised_day
from bussola.desk_settings import DeskSettings, DeskSettingsError, load_desk
from bussola.knowledge.loading import Knowledge
from bussola.settings import SettingsError, load
from bussola.written_hours import read_hours

ROME = ZoneInfo("Europe/Rome")


def desk(folder: Path, text: str | None, **settings: str) -> DeskSettings:
    """The desk of a file with that text; None is no file."""
    (folder / "data").mkdir(exist_ok=True)
    if text is not None:
        (folder / "data" / "desk.yml").write_text(text, encoding="utf-8")
    own = {f"BUSSOLA_{name.upper()}": value for name, value in settings.items()}
    return load_desk(load({"BUSSOLA_HOME": str(folder), "BUSSOLA_ROOT": str(folder)} | own))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


FULL = """
office:
  hours:
    lun-gio: 09:00-13:00, 14:00-17:00
    venerdì: 09:00-13:00
  patron: {municipality: Milano, day: 7 dicembre, name: Sant'Ambrogio}
  closures:
    - {from: 2027-08-09, until: 2027-08-13, reason: chiusura estiva}
    - {from: 2026-12-24, reason: vigilia}
  working_days: 3
  warn_hours: 6
  most_open_cases: 10
labels: [da verificare]
themes:
  riscatto_laurea:
    hours: {mar: "14:00-17:00", sab: "09:00-12:00"}
    working_days: 5
    skills: [inoccupati]
  lavoro_domestico:
"""


@pytest.mark.parametrize("text", [None, "", "# niente\n", "office:\nthemes:\n", "{}"])
def test_a_silent_file_leaves_it_to_the_settings(tmp_path: Path, text: str | None) -> None:
    """Hours and days of the settings, from Monday to Friday; the house's limits."""
    found = desk(tmp_path, text, opens="08:00", closes="13:30", working_days="4")
    calendar, level = found.calendar("riscatto_laurea"), found.level("riscatto_laurea")
    assert calendar.hours == dict.fromkeys(range(5), ((time(8), time(13, 30)),))
    assert str(calendar.zone) == "Europe/Rome"
    assert (level.working_days, level.warn_hours, level.most_open_cases) == (4, 4, 15)
    assert (found.labels, found.themes, level.skills) == ((), frozenset(), ())


def test_the_office_says_it_for_all(tmp_path: Path) -> None:
    """Hours with a pause and a short Friday; levels for themes that say nothing."""
    found = desk(tmp_path, FULL, opens="08:00")
    split = ((time(9), time(13)), (time(14), time(17)))
    hours = {**dict.fromkeys(range(4), split), 4: ((time(9), time(13)),)}
    for theme in (None, "lavoro_domestico", "unknown"):
        level = found.level(theme)
        assert found.calendar(theme).hours == hours
        assert (level.working_days, level.warn_hours, level.most_open_cases) == (3, 6, 10)
    assert found.labels == ("da verificare",)


def test_a_theme_says_it_for_itself(tmp_path: Path) -> None:
    """Its own hours, days and skills; the rest is the office's."""
    found = desk(tmp_path, FULL)
    calendar, level = found.calendar("riscatto_laurea"), found.level("riscatto_laurea")
    assert sorted(calendar.hours) == [1, 5]
    assert (level.working_days, level.warn_hours, level.skills) == (5, 6, ("inoccupati",))
    assert calendar.closed(date(2026, 12, 25)) == "Natale"


def test_every_closing_day_has_its_reason(tmp_path: Path) -> None:
    """National holidays, the patron, the closures; nothing on other days."""
    closed = desk(tmp_path, FULL).calendar().closed
    assert closed(date(2026, 12, 7)) == "Sant'Ambrogio (patrono)"
    assert closed(date(2026, 12, 8)) == "Immacolata Concezione"
    assert closed(date(2026, 12, 24)) == "vigilia"
    assert closed(date(2027, 8, 13)) == "chiusura estiva"
    assert closed(date(2027, 8, 14)) is None
    assert closed(date(2027, 10, 4)) is not None
    assert closed(date(2025, 10, 4)) is None


def test_a_patron_without_a_name_is_of_the_town(tmp_path: Path) -> None:
    """The reason names the municipality."""
    patron = "office: {patron: {municipality: Trieste, day: 3 novembre}}"
    reason = desk(tmp_path, patron).calendar().closed(date(2026, 11, 3))
    assert reason == "festa patronale di Trieste"


def test_the_promised_day_knows_the_patron(tmp_path: Path) -> None:
    """What citizens are told follows the file: hours, days and closures."""
    promised = promised_day(desk(tmp_path, FULL))
    assert promised(at("2026-12-03T10:00")) == date(2026, 12, 10)
    assert promised(at("2026-12-04T13:30")) == date(2026, 12, 14)
    silent = promised_day(desk(tmp_path, ""))
    assert silent(at("2026-12-04T13:30")) == date(2026, 12, 9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ofice: {}", ["ofice", "campo sconosciuto"]),
        ("office: {hourz: {}}", ["office.hourz", "campo sconosciuto"]),
        ("office: {hourz: }", ["office.hourz", "campo sconosciuto"]),
        ("office: {working_days: due}", ["giorni lavorativi", "numero intero"]),
        ("office: {working_days: 0}", ["giorni lavorativi", "il minimo è 1"]),
        ("office: {warn_hours: .nan}", ["ore di avviso", "numero"]),
        ("office: {most_open_cases: 1000}", ["richieste aperte al massimo", "massimo è 200"]),
        ("office: {hours: {lun-ven: 9-13}}", ["orari", "09:00-13:00"]),
        ("office: {hours: {lun: '25:00-26:00'}}", ["orari", "09:00-13:00"]),
        ("office: {hours: {lun: '13:00-09:00'}}", ["orari", "non sono in ordine"]),
        ("office: {hours: {lun: '09:00-13:00, 12:00-17:00'}}", ["orari", "si sovrappongono"]),
        ("office: {hours: {monday: '09:00-13:00'}}", ["orari", "lun-ven"]),
        ("office: {hours: {ven-lun: '09:00-13:00'}}", ["orari", "dividi"]),
        ("office: {hours: {lun-mer: '09:00-13:00', mar: '09:00-10:00'}}", ["«mar» c'è due volte"]),
        ("office: {hours: {}}", ["orari", "una riga per giorno"]),
        ("office: {patron: {municipality: Roma, day: 30 febbraio}}", ["(giorno)", "29 giugno"]),
        ("office: {patron: {municipality: Roma, day: giugno}}", ["(giorno)", "29 giugno"]),
        ("office: {patron: {day: 29 giugno}}", ["(comune)", "manca"]),
        ("office: {closures: [{from: 2027-08-09}]}", ["closures.1", "(motivo)", "manca"]),
        ("office: {closures: [{from: ieri, reason: ferie}]}", ["(dal)", "2026-11-22"]),
        ("office: {closures: [{from: 2027-08-09, until: 2027-08-01, reason: ferie}]}",
         ["chiusure", "la fine viene prima"]),
        ("office: {closures: [{from: 2026-08-09, until: 2027-08-13, reason: ferie}]}",
         ["chiusure", "controlla l'anno"]),
        ("labels: urgente", ["etichette", "elenco"]),
        ("themes: [riscatto_laurea]", ["temi", "una riga per campo"]),
        ("themes: {riscatto_laurea: {skills: [x]}}", ["competenze", "troppo corto"]),
        ("- a", ["il file"]),
        ("office: [", ["non si legge"]),
        ("labels: []\nlabels: []", ["non si legge"]),
    ],
)  # fmt: skip
def test_an_error_names_the_field_in_italian(tmp_path: Path, text: str, told: list[str]) -> None:
    """Where it is, what it is called, and what to write."""
    with pytest.raises(DeskSettingsError) as found:
        desk(tmp_path, text)
    message = str(found.value)
    assert message.startswith("desk.yml: ")
    assert [part for part in told if part not in message] == [], message


def test_every_error_is_told_at_once(tmp_path: Path) -> None:
    """A line for each wrong field."""
    with pytest.raises(DeskSettingsError) as found:
        desk(tmp_path, "office: {working_days: 0, warn_hours: x}\nlabels: 3")
    assert len(str(found.value).splitlines()) == 3


def test_hours_of_the_settings_must_be_hours(tmp_path: Path) -> None:
    """The error names the variable; with hours of its own the file does not need them."""
    with pytest.raises(SettingsError, match="BUSSOLA_CLOSES"):
        desk(tmp_path, "", opens="17:00", closes="09:00")
    own = "office: {hours: {lun: '09:00-13:00'}}"
    assert desk(tmp_path, own, opens="17:00", closes="09:00").calendar().hours


def test_a_file_that_is_not_text_is_an_error_of_ours(tmp_path: Path) -> None:
    """Not a stack of the reader."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "desk.yml").write_bytes(b"labels: [\xff\xfe]")
    with pytest.raises(DeskSettingsError, match="non si legge"):
        desk(tmp_path, None)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=14), max_size=3))
def test_no_hours_break_the_reader(written: dict[str, str]) -> None:
    """Whatever is written: hours, or a ValueError."""
    with suppress(ValueError):
        assert read_hours(written)


def test_the_shipped_file_is_right(root: Path, shipped: Knowledge, tmp_path: Path) -> None:
    """Its themes exist, Rome's patron is known, and no setting is overruled."""
    own = {"BUSSOLA_HOME": str(tmp_path), "BUSSOLA_ROOT": str(root), "BUSSOLA_OPENS": "08:00",
           "BUSSOLA_CLOSES": "13:30", "BUSSOLA_WORKING_DAYS": "7"}  # fmt: skip
    found = load_desk(load(own))
    assert found.themes == {id_ for id_, theme in shipped.themes.items() if not theme.hidden}
    assert found.calendar().closed(date(2026, 6, 29)) == "Santi Pietro e Paolo (patrono)"
    assert found.labels
    for theme in (None, *found.themes):
        assert found.calendar(theme).hours == dict.fromkeys(range(5), ((time(8), time(13, 30)),))
        assert found.level(theme).working_days == 7
    assert all(found.level(theme).skills for theme in found.themes)
