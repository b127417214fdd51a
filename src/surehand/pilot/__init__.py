"""A process tried on cases whose outcome is known, on a database that is thrown away."""
