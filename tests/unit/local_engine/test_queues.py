"""What a dead function held is free again."""

from infra.local.engine.queues import release


def test_received_messages_become_visible_and_delayed_ones_stay_hidden() -> None:
    received = {"receive_count": 1, "visible_at": 900.0}
    delayed = {"receive_count": 0, "visible_at": 900.0}
    waiting = {"receive_count": 2, "visible_at": 50.0}

    release([received, delayed, waiting], now=100.0)

    assert [each["visible_at"] for each in (received, delayed, waiting)] == [100.0, 900.0, 50.0]
