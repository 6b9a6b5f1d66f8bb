"""What wakes the chat context, besides requests."""
