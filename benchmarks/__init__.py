"""Slow measurements, each with a make target."""
