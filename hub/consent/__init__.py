"""Consents (piekrišanas), restrictions and objections: they bind the next request."""
