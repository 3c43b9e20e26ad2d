"""Reports under GDPR 15, 19, 30, 33 and 34: made of the log, of agreements, of consents."""
