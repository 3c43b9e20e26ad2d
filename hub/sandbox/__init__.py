"""What a machine needs to try the hub without a single real register."""
