"""The phone network around the API: handsets, what they send, and the application's webhooks."""
