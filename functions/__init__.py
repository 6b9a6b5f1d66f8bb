"""Lambda handlers of events and schedules: a folder per context, a file per thing that wakes one."""
