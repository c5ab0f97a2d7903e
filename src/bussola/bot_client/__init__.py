"""The Bot port over Rasa."""
