"""Vienreiz: one question to many registers, answered once and on the record."""
