"""What wakes the videos context, besides requests."""
