"""What must not be lost: SQLite by default, PostgreSQL by URL, one schema."""
