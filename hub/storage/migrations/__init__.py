"""Alembic's environment and revisions; ``hub.storage.migrate`` runs them."""
