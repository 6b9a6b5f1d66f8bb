"""What wakes the live context, besides requests."""
