"""Bussola: a chatbot that citizens can trust, for public bodies with themed services."""

__version__ = "0.1.0"
