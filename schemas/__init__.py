"""What the hub publishes: one module per register."""
