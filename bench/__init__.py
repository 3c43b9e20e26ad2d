"""Benchmarks: what a running hub costs, measured from outside. Start with ``make bench``."""
