"""Indicative sums that citizens always ask for: what to ask, how to read it, how to work it out."""
