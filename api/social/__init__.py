"""Social over REST."""
