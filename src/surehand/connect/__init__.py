"""Ways in for other people's software: an HTTP client, and a guard around a function."""
