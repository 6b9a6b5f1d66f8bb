"""Lambda handlers of events and schedules: a folder per context, a file for what wakes each."""
