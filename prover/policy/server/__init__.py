"""Models behind OpenAI-compatible completion servers: the generator, its HTTP client, probing what a server can do."""
