"""What wakes the social context, besides requests."""
