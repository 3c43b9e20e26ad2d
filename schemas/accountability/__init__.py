"""What is published of accountability: one module per desk, with ``QUERIES`` and ``MUTATIONS``."""
