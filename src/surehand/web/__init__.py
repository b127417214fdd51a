"""What people and programs see: pages for people, an API for programs."""
