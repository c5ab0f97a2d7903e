"""Reads data/desk.yml: the hours of the office, the service levels, the limits of the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bussola.closed_days import national_holidays
from bussola.conversations.office_calendar import Intervals, OfficeCalendar, on_weekdays
from bussola.conversations.queueing import WARN_HOURS
from bussola.knowledge.loading import in_plain_words
from bussola.settings import Settings, SettingsError
from bussola.written_hours import read_day_of_year, read_hours

T = TypeVar("T")
MOST_OPEN_CASES = 15

_LONGEST_CLOSURE = 92
"""Days; a longer closure is a slip in the year, and would silence the desk."""


class DeskSettingsError(SettingsError):
    """data/desk.yml cannot be used; the message, in Italian, names each wrong field."""


Hours = Annotated[Mapping[int, Intervals], BeforeValidator(read_hours)]
DayOfYear = Annotated[tuple[int, int], BeforeValidator(read_day_of_year)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]


class _Strict(BaseModel):
    """Unknown fields are refused: a typing slip must not hide a closing day."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unsaid(cls, data: Any) -> Any:
        """A field left empty, as when all lines under it are comments, says nothing."""
        if data is None:
            return {}
        if not isinstance(data, dict):
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: value for key, value in data.items() if value is not None or key not in known}


class Patron(_Strict):
    """The feast of the town the office is in."""

    municipality: Words
    day: DayOfYear
    name: Words | None = None

    @property
    def reason(self) -> str:
        return f"{self.name} (patrono)" if self.name else f"festa patronale di {self.municipality}"


class Closure(_Strict):
    """Days on which the office stays closed, both included; no `until` means one day."""

    from_: date = Field(alias="from")
    until: date | None = None
    reason: Words

    @model_validator(mode="after")
    def _is_short(self) -> Self:
        days = ((self.until or self.from_) - self.from_).days
        if days < 0:
            raise ValueError("la fine viene prima dell'inizio")
        if days > _LONGEST_CLOSURE:
            raise ValueError(f"la chiusura dura più di {_LONGEST_CLOSURE} giorni: controlla l'anno")
        return self

    def covers(self, day: date) -> bool:
        return self.from_ <= day <= (self.until or self.from_)


class _Level(_Strict):
    """What the office says for all, and a theme for itself; None is as above it."""

    hours: Hours | None = None
    working_days: int | None = Field(default=None, ge=1, le=30)
    warn_hours: float | None = Field(default=None, ge=0, le=80, allow_inf_nan=False)
    most_open_cases: int | None = Field(default=None, ge=1, le=200)


class _Office(_Level):
    patron: Patron | None = None
    closures: tuple[Closure, ...] = ()


class _Theme(_Level):
    skills: tuple[Words, ...] = ()


class _File(_Strict):
    office: _Office = _Office()
    labels: tuple[Words, ...] = ()
    themes: dict[str, _Theme] = {}


@dataclass(frozen=True)
class ThemeLevel:
    """What the desk promises and allows on a theme."""

    working_days: int
    """Within which the first answer is due."""
    warn_hours: float
    """Working hours before that from which the case is about to be late."""
    most_open_cases: int
    """One expert is not given more."""
    skills: tuple[str, ...] = ()


class DeskSettings:
    """The desk as data/desk.yml says, and as the settings say where the file is silent."""

    def __init__(self, file: _File, settings: Settings) -> None:
        if file.office.hours is None and settings.closes <= settings.opens:
            raise SettingsError("BUSSOLA_CLOSES does not come after BUSSOLA_OPENS")
        self._file, self._working_days = file, settings.working_days
        self._zone = settings.zone
        self._closed = _closed(file.office)
        self._hours = file.office.hours or on_weekdays(settings.opens, settings.closes)
        self.labels = file.labels
        self.themes = frozenset(file.themes)
        """The themes that the file names."""

    def calendar(self, theme: str | None = None) -> OfficeCalendar:
        """When the experts of a theme work; of the office, for no theme or one without hours."""
        own = self._file.themes.get(theme or "")
        hours = own.hours if own and own.hours else self._hours
        return OfficeCalendar(hours, self._zone, self._closed)

    def level(self, theme: str | None = None) -> ThemeLevel:
        """The service level and the limits of a theme; of the office, for none."""
        own, office = self._file.themes.get(theme or "", _Theme()), self._file.office
        return ThemeLevel(
            _first(own.working_days, office.working_days, self._working_days),
            _first(own.warn_hours, office.warn_hours, WARN_HOURS),
            _first(own.most_open_cases, office.most_open_cases, MOST_OPEN_CASES),
            own.skills,
        )


def _first(own: T | None, office: T | None, otherwise: T) -> T:
    if own is not None:
        return own
    return office if office is not None else otherwise


def _closed(office: _Office) -> Callable[[date], str | None]:
    """Why the office is closed on a day, the widest reason first."""
    national, patron = national_holidays(), office.patron

    def closed(day: date) -> str | None:
        if name := national(day):
            return name
        if patron is not None and (day.month, day.day) == patron.day:
            return patron.reason
        return next((c.reason for c in office.closures if c.covers(day)), None)

    return closed


_FIELDS = {
    "office": "ufficio", "hours": "orari", "patron": "patrono", "municipality": "comune",
    "day": "giorno", "name": "nome", "closures": "chiusure", "from": "dal", "until": "al",
    "reason": "motivo", "working_days": "giorni lavorativi", "warn_hours": "ore di avviso",
    "most_open_cases": "richieste aperte al massimo", "labels": "etichette", "themes": "temi",
    "skills": "competenze",
}  # fmt: skip
_NUMBER = "qui serve un numero"
_SECTION = "qui servono dei campi, una riga per campo"
_PLAIN = {
    "int_parsing": f"{_NUMBER} intero", "int_type": f"{_NUMBER} intero",
    "int_from_float": f"{_NUMBER} intero", "float_parsing": _NUMBER, "float_type": _NUMBER,
    "finite_number": _NUMBER, "greater_than_equal": "il minimo è {ge}",
    "less_than_equal": "il massimo è {le}", "tuple_type": "qui serve un elenco",
    "model_type": _SECTION, "dict_type": _SECTION,
}  # fmt: skip


def load_desk(settings: Settings) -> DeskSettings:
    """The desk of `settings`; a file that is not there says nothing.

    Raises DeskSettingsError, or SettingsError when the hours of the settings are needed and
    are none.
    """
    file = settings.desk
    try:
        raw = YAML(typ="safe").load(file.read_bytes()) if file.is_file() else None
        return DeskSettings(_File.model_validate({} if raw is None else raw), settings)
    except YAMLError as error:
        raise DeskSettingsError(f"{file.name}: il file non si legge: {error}") from error
    except ValidationError as error:
        lines = [f"{file.name}: {_in_italian(dict(item))}" for item in error.errors()]
        raise DeskSettingsError("\n".join(lines)) from error


def _in_italian(error: dict[str, Any]) -> str:
    """Where the field is, what it is called in Italian, and what is wrong with it."""
    steps = error["loc"]
    name = next((_FIELDS[step] for step in reversed(steps) if step in _FIELDS), "")
    at = ".".join(str(step + 1 if isinstance(step, int) else step) for step in steps)
    where = f"{at} ({name})" if name else at or "il file"
    return f"{where}: {_what_is_wrong(error)}"


def _what_is_wrong(error: dict[str, Any]) -> str:
    context = error.get("ctx") or {}
    if error["type"] == "value_error":
        return str(context["error"])
    if error["type"] in _PLAIN:
        return _PLAIN[error["type"]].format_map(context)
    return in_plain_words(error)
