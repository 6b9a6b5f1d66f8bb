"""Building blocks that more than one stack uses."""
