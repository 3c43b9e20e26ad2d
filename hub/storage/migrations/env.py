"""Alembic's entry: migrate on the connection that ``hub.storage.migrate`` hands over."""

from alembic import context

from hub.storage.tables import SCHEMA, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema=SCHEMA,
)
with context.begin_transaction():
    context.run_migrations()
