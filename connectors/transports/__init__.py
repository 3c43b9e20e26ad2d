"""Wires that several registers share, and the forms their values take on them."""
