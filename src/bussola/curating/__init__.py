"""Tools for curators who live in spreadsheets: the same knowledge as rows, and back."""
