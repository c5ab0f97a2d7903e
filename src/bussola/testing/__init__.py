"""For tests and for practice: a conversation tester, and a Messenger that is not Meta's."""

from bussola.testing.conversation_tester import (
    DATABASE,
    ConversationTester,
    FakeBot,
    SmallAnswers,
)

__all__ = ["DATABASE", "ConversationTester", "FakeBot", "SmallAnswers"]
