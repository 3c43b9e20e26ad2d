"""To be filled."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    msg = "the access log is never taken down; restore a backup instead"
    raise NotImplementedError(msg)
