"""Rasa's custom actions (Python 3.10): tracker in, one HTTP call, messages out."""
