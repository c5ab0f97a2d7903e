"""The curators' pages."""
