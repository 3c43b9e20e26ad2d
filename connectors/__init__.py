"""How each register is reached: one folder per register."""
