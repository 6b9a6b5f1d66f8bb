"""What every context stands on: settings, storage, events, errors, clocks and ids.

Nothing here knows a context, and nothing here does I/O at import.
"""
