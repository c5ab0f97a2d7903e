"""Alembic migrations; `upgrade` brings any database to the newest schema."""
