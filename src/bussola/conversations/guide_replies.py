"""The words around answers: sheets, tables, quizzes, notices and calculators.

As in `replies`, every method returns drafts and the context after them, and nothing is generated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from bussola.conversations.conversation import Context
from bussola.conversations.events import Action, Button, Draft
from bussola.conversations.guide import Guide, OfferKind, QuizView, Titled
from bussola.conversations.ordinals import position_of
from bussola.conversations.ports import Texts
from bussola.text import folded

Said = tuple[tuple[Draft, ...], Context]
RoomKind = Literal["sheets", "calculators", "quiz"]
_MOST_ENTRIES = 5
_MOST_WORDS = 3
"""A longer text with "prima" in it is no position: "prima lavoravo in nero"."""


class GuideReplies:
    """Renders what the guide holds; holds no state of its own."""

    def __init__(self, guide: Guide, texts: Texts) -> None:
        self._guide, self._texts = guide, texts

    def _bot(self, kind: str, text: str, buttons: list[Button], **data: Any) -> Draft:
        return Draft("bot", kind, text, data, tuple(buttons))

    def _gone(self, context: Context) -> Said:
        draft = self._bot("notice", self._texts.say("gone"), [])
        return (draft,), context.waiting_for("nothing")

    def _read(self, name: str, entry: Titled) -> Button:
        label = self._texts.say("button_read_answer", question=entry[1])
        return Button(name, label, Action("entry", entry[0]), quiet=True)

    # What is offered under other words

    def under_answer(self, entry_id: str) -> list[Button]:
        """The first table, calculator and sheet that belong to an answer; its page has them all."""
        first: dict[OfferKind, Button] = {}
        for kind, identity, title in self._guide.offers(entry_id):
            label = self._texts.say(f"button_{kind}", title=title)
            button = Button(f"g{kind[0]}", label, Action(kind, identity), quiet=kind == "sheet")
            first.setdefault(kind, button)
        return list(first.values())

    def under_theme(self, theme: str) -> list[Button]:
        """What a theme has beside its questions."""
        rooms: tuple[tuple[RoomKind, str, list[Titled]], ...] = (
            ("sheets", "button_sheets", self._guide.sheets(theme)),
            ("calculators", "button_calculators", self._guide.calculators(theme)),
            ("quiz", "button_quiz", self._guide.quizzes(theme)),
        )
        return [
            Button(f"x{kind}", self._texts.say(key), Action(kind, theme), quiet=True)
            for kind, key, found in rooms
            if found
        ]

    def news(self, theme: str | None, context: Context) -> tuple[list[Button], Context]:
        """A button to the notices of a theme, the first time the theme comes up."""
        if theme is None or theme in context.noticed:
            return [], context
        found = self._guide.notices(theme)
        if not found:
            return [], context.noticing(theme)
        if len(found) == 1:
            label = self._texts.say("button_notice", title=found[0][1])
        else:
            label = self._texts.say("button_notices", number=len(found))
        return [Button("news", label, Action("news", theme), quiet=True)], context.noticing(theme)

    # Reading

    def table(self, table_id: str, context: Context) -> Said:
        """A table in words; channels that can draw it find its cells in the data."""
        view = self._guide.table(table_id)
        if view is None:
            return self._gone(context)
        return (self._bot("table", view.text, [], **view.data),), context.waiting_for("nothing")

    def sheets(self, theme: str, label: str, context: Context) -> Said:
        """The sheets of a theme to choose from; `label` is the name of the theme."""
        found = self._guide.sheets(theme)
        if not found:
            return self._gone(context)
        buttons = [Button(f"s{i}", t, Action("sheet", s)) for i, (s, t) in enumerate(found)]
        draft = self._bot("menu", self._texts.say("sheets", theme=label), buttons)
        return (draft,), context.waiting_for("nothing")

    def sheet(self, sheet_id: str, context: Context) -> Said:
        """A sheet in a nutshell, its page and its first answers."""
        view = self._guide.sheet(sheet_id)
        if view is None:
            return self._gone(context)
        buttons = [
            Button(f"e{i}", question, Action("entry", entry))
            for i, (entry, question) in enumerate(view.entries[:_MOST_ENTRIES])
        ]
        draft = self._bot("sheet", view.text, buttons, sheet_id=sheet_id, **view.data)
        return (draft,), context.waiting_for("nothing")

    def notices(self, theme: str, context: Context) -> Said:
        """Every notice of a theme that holds today, each with its sources."""
        views = [v for v in (self._guide.notice(i) for i, _ in self._guide.notices(theme)) if v]
        if not views:
            return self._gone(context)
        drafts = []
        for view in views:
            buttons = [self._read("read", view.entry)] if view.entry else []
            drafts.append(self._bot("news", f"{view.title}. {view.text}", buttons, **view.data))
        return tuple(drafts), context.waiting_for("nothing")

    # Quizzes

    def quizzes(self, theme: str | None, context: Context) -> Said:
        """The quiz of a theme at once; without a theme, the citizen chooses."""
        found = self._guide.quizzes(theme) or self._guide.quizzes(None)
        if not found:
            return self._gone(context)
        if len(found) == 1:
            return self.quiz(found[0][0], 1, context)
        buttons = [
            Button(f"z{i}", title, Action("quiz_question", f"{quiz}:1"))
            for i, (quiz, title) in enumerate(found)
        ]
        draft = self._bot("menu", self._texts.say("quiz_choose"), buttons)
        return (draft,), context.waiting_for("nothing")

    def quiz(self, quiz_id: str, number: int, context: Context) -> Said:
        """One question with its options; what was answered before is not counted anywhere."""
        view = self._guide.quiz(quiz_id, number)
        if view is None:
            return self._gone(context)
        buttons = [
            Button(f"o{i}", option, Action("quiz_answer", f"{quiz_id}:{number}:{i}"))
            for i, option in enumerate(view.options)
        ]
        stop = self._texts.say("quiz_stop")
        buttons.append(Button("stop", stop, Action("menu"), quiet=True))
        text = self._texts.say("quiz_question", number=number, of=view.of, text=view.text)
        after = context.waiting_for("quiz", quiz=f"{quiz_id}:{number}")
        return (self._bot("quiz", text, buttons),), after

    def quiz_answer(self, value: str, context: Context) -> Said:
        """Right or wrong with the reason, where to read more, and the next question."""
        quiz_id, number, option = value.rsplit(":", 2)
        view = self._guide.quiz(quiz_id, int(number))
        if view is None:
            return self._gone(context)
        verdict = "quiz_right" if int(option) == view.right else "quiz_wrong"
        text = self._texts.say(
            verdict, right=view.options[view.right], explanation=view.explanation
        )
        last = view.number == view.of
        if last:
            text = f"{text}\n\n{self._texts.say('quiz_end')}"
        draft = self._bot("quiz_answer", text, self._after_question(view, last))
        return (draft,), context.waiting_for("nothing", quiz="")

    def _after_question(self, view: QuizView, last: bool) -> list[Button]:
        read = self._read("read", view.entry)
        if last:
            return [read]
        action = Action("quiz_question", f"{view.quiz_id}:{view.number + 1}")
        return [Button("next", self._texts.say("quiz_next"), action), read]

    def typed_quiz_answer(self, text: str, context: Context) -> Said | None:
        """An option typed instead of tapped; None when the text is something else."""
        quiz_id, _, number = context.quiz.rpartition(":")
        view = self._guide.quiz(quiz_id, int(number)) if number.isdecimal() else None
        option = typed_option(text, view.options) if view else None
        return None if option is None else self.quiz_answer(f"{context.quiz}:{option}", context)

    # Calculators

    def calculators(self, theme: str | None, context: Context) -> Said:
        """What can be worked out: of the theme, or all when it has nothing."""
        found = self._guide.calculators(theme) or self._guide.calculators(None)
        if not found:
            return self._gone(context)
        buttons = [Button(f"k{i}", t, Action("calculate", c)) for i, (c, t) in enumerate(found)]
        draft = self._bot("menu", self._texts.say("calculators"), buttons)
        return (draft,), context.waiting_for("nothing")

    def calculation_ask(self, payload: dict[str, Any], context: Context) -> Said:
        """The next question of a calculator; a refused answer is told why, and asked again."""
        calculator, field = payload["calculator"], payload["field"]
        view = self._guide.ask(calculator, field, payload.get("problem"))
        if view is None:
            return self._gone(context)
        run = context.calculation.get("run")
        labels = list(view.choices)
        if view.optional:
            labels.append(self._texts.say("calc_unknown"))
        buttons = [
            Button(f"v{i}", label, Action("calculation_value", f"{run}:{field}"))
            for i, label in enumerate(labels)
        ]
        stop = self._texts.say("calc_stop")
        buttons.append(Button("stop", stop, Action("calculation_stop"), quiet=True))
        text = "\n\n".join(filter(None, (view.problem, view.text)))
        going = {"run": run, "calculator": calculator, "field": field,
                 "values": payload["values"]}  # fmt: skip
        draft = self._bot("calculation_ask", text, buttons)
        return (draft,), context.waiting_for("calculation", calculation=going)

    def answers_now(self, value: str, context: Context) -> bool:
        """True when a pressed choice (``run:field``) answers what is asked at this moment."""
        going = context.calculation
        asked = f"{going.get('run')}:{going.get('field')}"
        return context.awaiting == "calculation" and value == asked

    def asked_before(self, context: Context) -> Said:
        """A choice pressed late: the question that waits now, or that there is none."""
        if context.awaiting == "calculation" and context.calculation.get("field"):
            return self.calculation_ask(context.calculation, context)
        return (self._bot("notice", self._texts.say("gone"), []),), context

    def missing_calculator(self, context: Context) -> Said | None:
        """That a calculation under way cannot go on, when its calculator was taken away."""
        if context.awaiting != "calculation":
            return None
        known = {identity for identity, _ in self._guide.calculators(None)}
        if context.calculation.get("calculator") in known:
            return None
        drafts, after = self._gone(context)
        return drafts, replace(after, calculation={})

    def calculation(self, payload: dict[str, Any], context: Context) -> Said:
        """The result with its sources; the numbers are kept nowhere but in these words."""
        calculator = payload["calculator"]
        view = self._guide.result(calculator, payload["values"])
        if view is None:
            return self._gone(context)
        again = Button(
            "again", self._texts.say("calc_again"), Action("calculate", calculator), True
        )
        draft = self._bot("calculation", view.text, [again], **view.data)
        return (draft,), context.waiting_for("nothing", calculation={})

    def calculation_stopped(self, context: Context) -> Said:
        """The calculation is left; its numbers are forgotten."""
        draft = self._bot("notice", self._texts.say("calc_stopped"), [])
        return (draft,), context.waiting_for("nothing", calculation={})


def typed_option(text: str, options: tuple[str, ...]) -> int | None:
    """The position a citizen typed: "b", "2", "la seconda", or the option's own words."""
    plain = folded(text)
    for number, option in enumerate(options):
        if plain == folded(option):
            return number
    return position_of(text, len(options)) if len(plain.split()) <= _MOST_WORDS else None
