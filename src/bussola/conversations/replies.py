"""The words of a turn: what the bot decided, as events a citizen can read.

Every method returns drafts and the context after them. Nothing is generated: texts come from
curated entries and from the one catalogue.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bussola.conversations.conversation import ITALIAN, Context
from bussola.conversations.events import Action, Button, Draft
from bussola.conversations.guide_replies import GuideReplies, Said
from bussola.conversations.ports import Answers, Shown, Texts, ThemeCard

_MOST_RELATED = 2
_MOST_BUTTONS = 5
"""Under one answer, votes and notices apart: more is a list nobody reads on a phone."""
_QUESTIONS_IN_MENU = 5


class Replies:
    """Renders decisions; holds no state of its own."""

    def __init__(self, answers: Answers, texts: Texts, guide: GuideReplies) -> None:
        self._answers = answers
        self._texts = texts
        self.guide = guide

    def _button(self, name: str, text_key: str, action: Action, quiet: bool = False) -> Button:
        return Button(name, self._texts.say(text_key), action, quiet)

    def _bot(self, kind: str, text: str, *buttons: Button, **data: Any) -> Draft:
        return Draft("bot", kind, text, data, buttons)

    def notice(self, text_id: str, context: Context, kind: str = "notice") -> Said:
        """A fixed text; it waits for nothing, unless it is small talk in the middle of a choice."""
        return (self._bot(kind, self._texts.say(text_id)),), context

    def standing(self, button_id: str) -> Button | None:
        """A button that stands outside any message (the menu of a channel, its first screen)."""
        keys = {
            "start": ("standing_start", Action("start")),
            "menu": ("standing_menu", Action("menu")),
            "person": ("standing_person", Action("offer_handoff", "asked")),
            "forget": ("standing_forget", Action("ask_forget")),
            "file": ("standing_file", Action("not_text")),
            "long": ("standing_long", Action("too_long")),
        }
        if button_id in keys:
            return self._button(button_id, *keys[button_id])
        return next((b for b in self._theme_buttons() if b.id == button_id), None)

    def not_text(self, context: Context) -> Said:
        """Pictures and recordings are not read, which is said once in a row."""
        if context.told_text_only:
            return (), context
        return self.notice("text_only", replace(context, told_text_only=True))

    def who_answers(self) -> Draft:
        """Said again after a pause, or after a person had the word."""
        return Draft("system", "notice", self._texts.say("still_a_machine"))

    def ask_forget(self, context: Context) -> Said:
        """Nothing is erased by a slip: the citizen confirms."""
        buttons = (
            self._button("yes", "button_forget", Action("forget")),
            self._button("no", "button_no", Action("decline_handoff"), quiet=True),
        )
        draft = self._bot("ask_forget", self._texts.say("ask_forget"), *buttons)
        return (draft,), context.waiting_for("nothing")

    def forgotten(self) -> Draft:
        return Draft("system", "forgotten", self._texts.say("forgotten"))

    def welcome(self) -> tuple[Draft, ...]:
        """The first words of every conversation, before any answer: what this is and is not."""
        return (self._bot("welcome", self._texts.say("welcome"), *self._theme_buttons()),)

    def _theme_buttons(self) -> list[Button]:
        return [
            Button(f"t{i}", theme.label, Action("theme", theme.id))
            for i, theme in enumerate(self._answers.themes())
        ]

    def menu(self, context: Context) -> Said:
        text = self._texts.say("menu")
        return (self._bot("menu", text, *self._theme_buttons()),), context.waiting_for("nothing")

    def _card(self, theme_id: str) -> ThemeCard | None:
        return next((card for card in self._answers.themes() if card.id == theme_id), None)

    def theme(self, theme_id: str, context: Context) -> Said:
        """The first questions of a theme, as buttons; any other can be typed."""
        card = self._card(theme_id)
        if card is None:
            return self.menu(context)
        buttons = [
            Button(f"q{i}", question, Action("entry", entry_id))
            for i, (entry_id, question) in enumerate(card.questions[:_QUESTIONS_IN_MENU])
        ]
        news, context = self.guide.news(theme_id, context)
        buttons += self.guide.under_theme(theme_id) + news
        text = self._texts.say("theme", theme=card.label)
        return (self._bot("menu", text, *buttons),), context.fresh(theme=theme_id)

    def sheets(self, theme_id: str, context: Context) -> Said:
        """The sheets of a theme, as buttons."""
        card = self._card(theme_id)
        return self.guide.sheets(theme_id, card.label, context) if card else self.menu(context)

    def answer(self, entry_id: str, context: Context, **evidence: Any) -> Said:
        """A curated answer with its source and date. `evidence` is kept with the event."""
        shown = self._answers.entry(entry_id, context.language)
        if shown is None:
            return self.dont_know(context, ())
        news, context = self.guide.news(shown.theme, context)
        buttons = [*self._under(shown), *news, *self._feedback(entry_id)]
        text = self._with_language(shown, context)
        draft = self._bot("answer", text, *buttons, **{**shown.data, **evidence})
        after = context.fresh(
            theme=shown.theme, previous_entry=entry_id, awaiting="feedback",
            question=context.question,
        )  # fmt: skip
        return (draft,), after

    def answers(
        self, entry_id: str, second: dict[str, Any] | None, context: Context, **evidence: Any
    ) -> Said:
        """One answer; a second question of the same message is answered too, or offered."""
        drafts, after = self.answer(entry_id, context, **evidence)
        other = self._answers.entry(second["entry_id"], context.language) if second else None
        if second is None or other is None or drafts[0].kind != "answer":
            return drafts, after
        if second["sure"]:
            more, after = self.answer(other.entry_id, after, second=other.entry_id, **evidence)
            return (*drafts, *more), after
        button = Button("second", other.question, Action("entry", other.entry_id))
        text = self._texts.say("second_question")
        return (*drafts, self._bot("notice", text, button, second=other.entry_id)), after

    def _under(self, shown: Shown) -> list[Button]:
        buttons: list[Button] = []
        if shown.details:
            action = Action("details", shown.entry_id)
            buttons.append(self._button("more", "button_details", action))
        buttons += self.guide.under_answer(shown.entry_id)
        if shown.escalate:
            action = Action("offer_handoff", "technical")
            buttons.append(self._button("expert", "button_expert", action))
        room = max(1, min(_MOST_RELATED, _MOST_BUTTONS - len(buttons)))
        return buttons + [
            Button(f"r{i}", question, Action("entry", other), quiet=True)
            for i, (other, question) in enumerate(shown.related[:room])
        ]

    def _with_language(self, shown: Shown, context: Context) -> str:
        """Italian text for a question in another language is introduced in that language."""
        if context.language in {shown.language, ITALIAN}:
            return shown.text
        return f"{self._texts.say(f'untranslated_{context.language}')}\n\n{shown.text}"

    def introduced(self, kind: str, said: Said) -> Said:
        """Fixed texts are Italian: whoever wrote otherwise first reads what a `kind` of them means."""
        drafts, context = said
        if context.language == ITALIAN or not drafts:
            return said
        words = self._texts.say(f"foreign_{kind}_{context.language}")
        return (replace(drafts[0], text=f"{words}\n\n{drafts[0].text}"), *drafts[1:]), context

    def _feedback(self, entry_id: str) -> list[Button]:
        return [
            self._button("yes", "button_useful", Action("useful", entry_id), quiet=True),
            self._button("no", "button_not_useful", Action("not_useful", entry_id), quiet=True),
        ]

    def details(self, entry_id: str | None, context: Context) -> Said:
        shown = self._answers.entry(entry_id or "", context.language)
        if shown is None:
            return self.notice("details_of_what", context, "small_talk")
        if not shown.details:
            return self.offer_handoff("details", context, text_id="no_more_details")
        draft = self._bot("details", shown.details, *self._feedback(shown.entry_id), **shown.data)
        return (draft,), context.waiting_for("feedback", previous_entry=shown.entry_id)

    def ask_which(
        self, shown: tuple[str, ...], further: tuple[str, ...], context: Context, **evidence: Any
    ) -> Said:
        """Two or three questions to choose from, and "none of these"."""
        found = (self._answers.entry(entry_id, context.language) for entry_id in shown)
        views = [view for view in found if view is not None]
        if not views:
            return self.dont_know(context, ())
        buttons = [
            Button(f"o{i}", view.question, Action("entry", view.entry_id))
            for i, view in enumerate(views)
        ]
        none = self._button("none", "button_none", Action("none_of_these"), quiet=True)
        options = [view.entry_id for view in views]
        draft = self._bot(
            "ask_which", self._texts.say("ask_which"), *buttons, none, options=options, **evidence
        )
        return (draft,), context.waiting_for(
            "choice", shown=tuple(options), options=further, nearest=(*options, *further)
        )

    def none_of_these(self, context: Context) -> Said:
        """On to the next two, then to a person; "no" is never a new question."""
        if context.options:
            return self.ask_which(context.options[:2], context.options[2:], context)
        return self.dont_know(context, context.nearest)

    def signpost(self, kind: str, signpost_id: str, context: Context, **evidence: Any) -> Said:
        """Personal cases and other matters: what we are not, and where to go for exactly that."""
        board = self._answers.signpost(signpost_id)
        if board is None:
            return self.dont_know(context, ())
        buttons: list[Button] = []
        if board.technical:
            action = Action("offer_handoff", kind)
            buttons.append(self._button("expert", "button_expert_rules", action))
        if board.kind == "out_of_scope":
            buttons += self._theme_buttons()
        text = board.text
        if kind == "personal_case":
            text = f"{self._texts.say('not_a_counter')}\n\n{text}"
        draft = self._bot(kind, text, *buttons, signpost_id=board.id, links=board.links, **evidence)
        return (draft,), context.waiting_for(
            "nothing", shown=(), options=(), nearest=(), reason=kind
        )

    def for_an_expert(self, signpost_id: str, context: Context, **evidence: Any) -> Said:
        """Our subject, but too particular for a curated answer: says so, and offers a person."""
        board = self._answers.signpost(signpost_id)
        if board is None:
            return self.dont_know(context, ())
        draft = self._bot(
            "offer_handoff", board.text, *self._yes_or_no(context),
            signpost_id=board.id, links=board.links, question=context.question, **evidence,
        )  # fmt: skip
        return (draft,), context.waiting_for(
            "handoff", shown=(), options=(), nearest=(), reason="technical"
        )

    def dont_know(self, context: Context, nearest: tuple[str, ...], **evidence: Any) -> Said:
        """Says so, and offers a person."""
        draft = self._bot(
            "dont_know", self._texts.say("dont_know"), *self._yes_or_no(context),
            options=list(nearest), question=context.question, **evidence,
        )  # fmt: skip
        return (draft,), context.waiting_for(
            "handoff", shown=(), options=(), nearest=nearest, reason="dont_know",
        )  # fmt: skip

    def offer_handoff(self, reason: str, context: Context, text_id: str = "offer") -> Said:
        """Asks before a case is opened: the citizen decides."""
        draft = self._bot("offer_handoff", self._texts.say(text_id), *self._yes_or_no(context))
        return (draft,), context.waiting_for("handoff", reason=reason)

    def _yes_or_no(self, context: Context) -> list[Button]:
        """Yes and no; while the theme is unknown, "yes" is the choice of one."""
        no = self._button("no", "button_no", Action("decline_handoff"), quiet=True)
        if context.theme:
            yes = self._button("yes", "button_expert_yes", Action("open_case", context.theme))
            return [yes, no]
        themes = [
            Button(
                f"c{i}",
                self._texts.say("button_expert_on", theme=theme.label),
                Action("open_case", theme.id),
            )
            for i, theme in enumerate(self._answers.themes())
        ]
        other = self._button("cx", "button_expert_other", Action("open_case"))
        return [*themes, other, no]

    def case_opened(self, code: str, by: str, context: Context) -> Said:
        text = self._texts.say("case_opened", by=by)
        if not context.question:
            text = f"{text}\n\n{self._texts.say('case_write_question')}"
        draft = Draft("system", "handoff", text, {"case_code": code, "expected_by": by})
        return (draft,), replace(context, awaiting="nothing")

    def case_already_open(self, code: str, context: Context) -> Said:
        draft = Draft(
            "system", "handoff_open", self._texts.say("case_already_open"), {"case_code": code}
        )
        return (draft,), context.waiting_for("nothing")

    def added_to_case(self, code: str, context: Context) -> Said:
        button = self._button("bot", "button_ask_bot", Action("ask_bot"), quiet=True)
        text = self._texts.say("added_to_case")
        return (Draft("system", "added_to_case", text, {"case_code": code}, (button,)),), context

    def back_to_bot(self, context: Context) -> Said:
        return (self._bot("notice", self._texts.say("ask_bot_while_waiting")),), context

    def feedback(self, useful: bool, entry_id: str | None, context: Context) -> Said:
        """Thanks; after a "no", a person is one tap away. The vote is kept for the curators."""
        vote = Draft(
            "system", "feedback", "", {"entry_id": entry_id, "useful": useful}, hidden=True
        )
        if useful:
            said, after = self.notice("feedback_thanks", context.waiting_for("nothing"))
        else:
            said, after = self.offer_handoff("not_useful", context, "feedback_sorry")
        return (vote, *said), after

    def emergency(self, kind: str, context: Context) -> Said:
        """The right public numbers at once, and that nobody here can be quicker than they are."""
        text = f"{self._texts.say(f'emergency_{kind}')}\n\n{self._texts.say('emergency_case')}"
        return (self._bot("emergency", text, danger=kind),), context.waiting_for("nothing")

    def abuse(self, context: Context) -> Said:
        """Calm the first time, then a boundary; never an answer in kind."""
        insults = context.insults + 1
        text = self._texts.say("abuse_first" if insults == 1 else "abuse_boundary")
        action = Action("offer_handoff", "complaint")
        person = self._button("expert", "button_expert", action, quiet=True)
        return (self._bot("abuse", text, person),), replace(context, insults=insults)

    def unavailable(self, context: Context) -> Said:
        """The bot cannot be reached: say so, and let the citizen reach a person."""
        draft = self._bot("unavailable", self._texts.say("unavailable"), *self._yes_or_no(context))
        return (draft,), context.waiting_for("handoff", reason="bot_unavailable")

    def masked(self, kinds: tuple[str, ...]) -> Draft:
        """Tells the citizen what was taken out of the message before it was stored."""
        text = self._texts.say("masked", kinds=", ".join(kinds))
        return Draft("system", "masked", text, {"kinds": list(kinds)})
