"""The sandbox's GraphiQL: its page, its build and the tokens it works with."""
