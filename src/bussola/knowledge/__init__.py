"""The curated knowledge and the choice of the right answer."""
