"""Which passwords are good enough, and their hashes."""
