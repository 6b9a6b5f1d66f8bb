"""CloudFormation is loaded when a deployment asks for it, other services when they hold something.

Importing CloudFormation imports every service that ministack has, two thirds of the engine's
start. A start with nothing to deploy never needs it: its saved state is carried from checkpoint to
checkpoint. So is the state of services that were imported with it and never used.
"""

from collections.abc import Callable
from typing import Any

from infra.local.engine import ministack

NAME = "cloudformation"


def load_cloudformation_late(prepare: Callable[[], None]) -> None:
    """Load the module and its state at its first request, after which `prepare` is called."""
    app = ministack.module("app")
    persistence = ministack.module("core.persistence")
    get_module, load_state, build = (
        app._get_module,
        app.load_state,
        app._build_persistence_save_dict,
    )
    loaded = False

    def get_module_late(name: str) -> Any:
        nonlocal loaded
        module = get_module(name)
        if name == NAME and not loaded:
            loaded = True
            prepare()
            state = persistence.load_state(NAME)
            if state:
                module.load_persisted_state(state)
        return module

    def load_state_at_start(name: str) -> Any:
        if name == NAME:
            return None
        state = load_state(name)
        return state if holds_something(state) else None

    def states_to_save() -> dict[str, Callable[[], Any]]:
        # Imported by another module but without its state, it must not be saved over it.
        states: dict[str, Callable[[], Any]] = build()
        return states if loaded else {key: get for key, get in states.items() if key != NAME}

    app._get_module = get_module_late
    app.load_state = load_state_at_start
    app._build_persistence_save_dict = states_to_save


def holds_something(state: Any) -> bool:
    """Whether there is a value anywhere in a service's state that is not an empty container."""
    if isinstance(state, dict):
        return any(holds_something(value) for value in state.values())
    if isinstance(state, list | tuple):
        return any(holds_something(value) for value in state)
    entries = getattr(state, "_data", None)
    return holds_something(entries) if isinstance(entries, dict) else bool(state)
