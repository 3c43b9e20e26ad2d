"""Room ``plan``: from a document to what it asks; pure, and cached by document hash."""
