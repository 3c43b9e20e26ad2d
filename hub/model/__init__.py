"""The hub's vocabulary: frozen records that every room may read and none may change."""
