"""What the local target says on the terminal: one line per finished step, with its time."""

import sys


def step(text: str, seconds: float) -> None:
    """Report a step that is done."""
    print(f"  ✓ {text:<52} {seconds:5.1f} s", flush=True)


def note(text: str) -> None:
    """Say something that needs no action."""
    print(f"  · {text}", flush=True)


def warning(text: str) -> None:
    """Say that something went wrong and is dealt with."""
    print(f"  ! {text}", flush=True)


def failure(text: str) -> None:
    """Say why it does not go on."""
    print(f"\n  ✗ {text}\n", file=sys.stderr, flush=True)
