"""A day of traffic for the sandbox's access log: what authorities ask, some of it misuse."""
