"""Alembic looks for this file; `surehand.store.migrating` runs the migrations itself."""
