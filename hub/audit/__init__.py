"""The access log (auditācijas pieraksti): no record, no release (DESIGN.md sections 2, 4.8)."""
