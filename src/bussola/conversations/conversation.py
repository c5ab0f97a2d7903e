"""The state of a conversation: who has the word, and what was talked about."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

Speaker = Literal["bot", "desk"]
Awaiting = Literal["nothing", "handoff", "choice", "feedback", "quiz", "calculation"]
ITALIAN = "it"


@dataclass(frozen=True)
class Context:
    """What the bot needs to understand the next message; kept by us, never by Rasa."""

    theme: str | None = None
    previous_entry: str | None = None
    awaiting: Awaiting = "nothing"
    shown: tuple[str, ...] = ()
    """Entries offered in the last question back, in the order of its buttons."""
    options: tuple[str, ...] = ()
    """Entries that fit too and are not shown yet, best first."""
    nearest: tuple[str, ...] = ()
    """Entries nearest to the last question without an answer: the expert sees them."""
    question: str = ""
    """The last question in the citizen's words (masked)."""
    reason: str = ""
    """Why a person was offered last."""
    insults: int = 0
    language: str = ITALIAN
    """ISO 639-1 code of the language of the last question."""
    noticed: tuple[str, ...] = ()
    """Themes whose notices were offered already."""
    quiz: str = ""
    """``<quiz id>:<number>`` of the quiz question that waits for an answer."""
    told_text_only: bool = False
    """The last thing we said is that only text is read: it is not said again and again."""
    calculation: dict[str, Any] = field(default_factory=dict)
    """A calculation under way: `calculator`, `field`, `values`, and `run`, which tells Rasa's
    form of this calculation from any other."""

    def for_bot(self) -> dict[str, Any]:
        """What travels to Rasa with a message."""
        told: dict[str, Any] = {
            "theme": self.theme,
            "previous_entry": self.previous_entry,
            "awaiting": self.awaiting,
            "language": self.language,
        }
        if self.awaiting == "calculation":
            told["calculation"] = {k: v for k, v in self.calculation.items() if k != "run"}
        return told

    def fresh(self, **changes: Any) -> Context:
        """A new subject: only what belongs to the whole conversation is kept."""
        return Context(
            insults=self.insults, language=self.language, noticed=self.noticed, **changes
        )

    def noticing(self, theme: str) -> Context:
        """This context after the notices of `theme` were offered."""
        return replace(self, noticed=(*self.noticed, theme))

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Context:
        """Read back what `to_dict` wrote; fields of another version are left out."""
        known = {k: v for k, v in raw.items() if k in cls.__dataclass_fields__}
        for name in ("shown", "options", "nearest", "noticed"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)

    def waiting_for(self, awaiting: Awaiting, **changes: Any) -> Context:
        """This context after words that wait for `awaiting`."""
        return replace(self, awaiting=awaiting, **changes)


@dataclass(frozen=True)
class Conversation:
    """A conversation as the core sees it. `fence` rises with each lease and each takeover."""

    id: str
    channel: str
    speaker: Speaker
    context: Context
    fence: int
    case_id: int | None = None
    """The open case, when there is one."""
    case_state: Literal["waiting", "taken"] | None = None
    case_code: str | None = None
    case_follows: bool = False
    """True while what the citizen writes is added to the waiting case."""
    muted: bool = False
    """True while a person answers from outside the desk (the inbox of the page)."""


@dataclass(frozen=True)
class NewCase:
    """A case to open in the same transaction as the words that announce it."""

    code: str
    theme: str | None
    reason: str
    question: str
    nearest: tuple[str, ...] = field(default=())
    emergency: bool = False
