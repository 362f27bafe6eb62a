"""The /v2 dialect: its routes, the shapes of its requests and answers, and its OpenAPI document."""
