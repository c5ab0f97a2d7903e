"""Run by Alembic; the connection comes from `bussola.storage.migrating`."""

from alembic import context

from bussola.storage.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
