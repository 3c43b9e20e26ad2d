"""One module per published register; each is found by name and exports ``REGISTER``."""
