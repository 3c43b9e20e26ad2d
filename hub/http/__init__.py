"""The street door: GraphQL over HTTP, health, and nothing that decides about data."""
