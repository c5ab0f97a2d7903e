"""The experts' pages."""
