"""Videos over REST."""
