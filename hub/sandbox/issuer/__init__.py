"""The sandbox's token issuer: OAuth 2.0 with real keys, for synthetic people only."""
