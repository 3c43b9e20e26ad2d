"""A plain, tuned Strawberry server over the same registers: what the hub is measured against.

Written as Strawberry's documentation has it: async resolvers, data loaders of the request, the
library's two caches. It verifies the token and commits one audit row before it executes; it knows
no agreements, consents, field classes, cache of facts, or log of single persons.
"""
