"""The numbered requirements of Messenger: each is proven by a test."""

from __future__ import annotations

from pathlib import Path

from tests.messenger_proofs import REQUIREMENTS, proofs


def test_every_requirement_has_a_test_and_no_test_has_another_number() -> None:
    """The numbers on the tests are exactly those of the requirements."""
    assert sorted(proofs()) == list(REQUIREMENTS)


def test_only_marked_functions_count(tmp_path: Path) -> None:
    """A number in a text or on another mark proves nothing; one test counts once a number."""
    file = tmp_path / "test_x.py"
    file.write_text(
        "import pytest\n"
        "@pytest.mark.messenger(3, 4)\n@pytest.mark.messenger(4)\nasync def test_a(): ...\n"
        "@pytest.mark.parametrize('n', [9])\ndef test_b(n): '@pytest.mark.messenger(5)'\n"
        "@other.messenger(6)\ndef test_c(): ...\n",
        encoding="utf-8",
    )
    assert proofs(tmp_path) == {3: 1, 4: 1}
