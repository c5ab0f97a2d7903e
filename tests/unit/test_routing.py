"""conversations/routing.py: typed choices, typed consent, and what the bot may say."""

from __future__ import annotations

from datetime import date

import pytest

from bussola.conversations.conversation import Context, Conversation
from bussola.conversations.guide_replies import GuideReplies
from bussola.conversations.replies import Replies
from bussola.conversations.routing import OpenCase, Routing, chosen_option, says_yes
from bussola.knowledge.guide import CuratedGuide
from bussola.knowledge.loading import Knowledge
from bussola.testing import SmallAnswers
from bussola.texts import Catalogue

SHOWN = ("uno", "due", "tre")


def talk(**changes: object) -> Conversation:
    """A conversation with the bot."""
    values = {"speaker": "bot", "context": Context(), "fence": 1, **changes}
    return Conversation("c", "webchat", **values)  # type: ignore[arg-type]


@pytest.fixture
def routing(texts: Catalogue) -> Routing:
    guide = CuratedGuide(Knowledge, lambda: date(2026, 11, 22), texts)
    return Routing(Replies(SmallAnswers(), texts, GuideReplies(guide, texts)))


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("la prima", "uno"), ("1", "uno"), ("il primo, grazie", "uno"), ("quella sopra", "uno"),
        ("La SECONDA!", "due"), ("2)", "due"), ("due", "due"), ("b", "due"),
        ("la terza", "tre"), ("l'ultima", "tre"), ("quella sotto", "tre"), ("c", "tre"),
        ("nessuna", None), ("4", None), ("la quarta", None), ("", None),
    ],
)  # fmt: skip
def test_a_typed_option_is_understood(text: str, option: str | None) -> None:
    """An option can be named by its place, in figures, in words or by a letter."""
    assert chosen_option(text, SHOWN) == option


@pytest.mark.parametrize("text", ["la terza", "la prima", "ultima"])
def test_what_was_not_shown_cannot_be_chosen(text: str) -> None:
    """Without options no word chooses one."""
    assert chosen_option(text, ()) is None


@pytest.mark.parametrize(
    "text", ["quella che riguarda i soldi dati a mio figlio", "vai a quella 2"]
)
def test_a_preposition_chooses_nothing_else(text: str) -> None:
    """The word "a" in a sentence is not the letter of the first option."""
    assert chosen_option(text, SHOWN) != "uno"


@pytest.mark.parametrize("text", ["sì", "Sì!", "si grazie", "ok", "va bene", "certo", "siii"])
def test_a_plain_yes_is_a_yes(text: str) -> None:
    """The usual ways to say yes are understood without a bot."""
    assert says_yes(text)


@pytest.mark.parametrize("text", ["no", "no grazie", "quanto costa?", "sicuramente no", ""])
def test_anything_else_is_not_a_yes(text: str) -> None:
    """What does not begin with a yes is none."""
    assert not says_yes(text)


@pytest.mark.parametrize(
    "text", ["si può pagare a rate?", "da quando vale?", "certo che no", "ok ma quanto costa?"]
)
def test_a_question_is_not_a_yes(text: str) -> None:
    """A question that begins like a yes opens no case."""
    assert not says_yes(text)


async def test_every_theme_button_leads_somewhere(routing: Routing) -> None:
    """A button of a theme that is gone brings the menu."""
    (draft,), _ = routing._replies.theme("tolto", Context())
    assert draft.kind == "menu"


def test_an_unknown_payload_is_an_error(routing: Routing) -> None:
    """A payload of a type nobody knows is never said."""
    with pytest.raises(KeyError):
        routing.for_payload({"type": "text", "text": "ciao"}, "ciao", talk())


def test_an_unknown_notice_is_an_error(routing: Routing) -> None:
    """A notice that is not in the catalogue is never said."""
    with pytest.raises(KeyError):
        routing.for_payload({"type": "notice", "text_id": "non_esiste"}, "ciao", talk())


def test_only_the_service_opens_cases(routing: Routing) -> None:
    """A hand-off is raised with its theme and reason, for the service to open."""
    context = Context(theme="lavoro_domestico", reason="complaint")
    with pytest.raises(OpenCase) as case:
        routing.for_payload({"type": "handoff"}, "sì", talk(context=context))
    assert (case.value.theme, case.value.reason) == ("lavoro_domestico", "complaint")


def test_a_complaint_is_offered_a_person_kindly(routing: Routing, texts: Catalogue) -> None:
    """After a complaint the offer says sorry."""
    payload = {"type": "offer_handoff", "reason": "complaint"}
    (draft,), context = routing.for_payload(payload, "non servi a niente", talk())
    assert draft.text == texts.say("offer_after_complaint")
    assert (context.awaiting, context.reason) == ("handoff", "complaint")


def test_a_context_reads_back_what_it_wrote() -> None:
    """A context survives its trip to the database; fields of another version are left out."""
    context = Context(theme="t", awaiting="choice", shown=("a",), nearest=("b",), insults=2)
    assert Context.from_dict({**context.to_dict(), "di_domani": 1}) == context
    assert Context.from_dict({}) == Context()
