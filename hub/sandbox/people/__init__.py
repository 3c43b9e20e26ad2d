"""Synthetic people: one life each, told in words of no register, from a seed.

``life`` holds what happened to a person; ``connectors.*.twin`` turn lives into the rows that each
register would hold; ``load`` puts them into the sandbox's database. Nobody here exists.
"""
