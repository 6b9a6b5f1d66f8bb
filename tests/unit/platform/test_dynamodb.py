"""The table as repositories use it: conditions, transactions, pages, what was left unprocessed."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from socialflow.platform import dynamodb
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import (
    MAX_BATCH_GET_KEYS,
    ConditionFailed,
    StorageBusy,
    Table,
    TransactionRefused,
    Write,
)
from socialflow.platform.dynamodb_values import encode_map
from tests.unit.platform.dynamodb_answers import answering

KEY = {"pk": "A", "sk": "1"}


@pytest.fixture
def table(aws: None) -> Table:
    return Table(lambda: client("dynamodb"), "videos")


def fill(table: Table, *sort_keys: str, partition: str = "A") -> None:
    for sort_key in sort_keys:
        table.write(Write(put={"pk": partition, "sk": sort_key}))


class TestWriting:
    def test_a_condition_that_fails_tells_what_is_there(self, table: Table) -> None:
        table.write(Write(put={**KEY, "title": "there"}))
        with pytest.raises(ConditionFailed) as refused:
            table.write(Write(put=KEY, condition="attribute_not_exists(pk)"))
        assert refused.value.item == {**KEY, "title": "there"}

    def test_a_condition_on_nothing_tells_that_nothing_is_there(self, table: Table) -> None:
        with pytest.raises(ConditionFailed) as refused:
            table.write(Write(key=KEY, set={"a": 1}, condition="attribute_exists(pk)"))
        assert refused.value.item is None

    def test_an_update_returns_the_item_afterwards(self, table: Table) -> None:
        table.write(Write(put={**KEY, "count": 1, "gone": True, "kept": "first"}))
        after = table.write(
            Write(
                key=KEY,
                set={"status": "new"},
                set_once={"kept": "second", "made": "once"},
                add={"count": 2},
                remove=("gone",),
                condition="#count = :seen",
                values={"seen": 1},
            )
        )
        assert after == {**KEY, "count": 3, "kept": "first", "made": "once", "status": "new"}

    def test_a_delete_may_come_twice(self, table: Table) -> None:
        fill(table, "1")
        table.write(Write(key=KEY, delete=True))
        table.write(Write(key=KEY, delete=True))
        assert table.get(KEY) is None

    def test_a_write_of_nothing_is_a_mistake(self, table: Table) -> None:
        with pytest.raises(ValueError, match="put"):
            table.write(Write())

    def test_another_refusal_comes_through(self, table: Table) -> None:
        with pytest.raises(ClientError):
            table.write(Write(put={"pk": "A"}))


class TestTransactions:
    def test_all_or_nothing(self, table: Table) -> None:
        fill(table, "2")
        writes = [
            Write(put=KEY),
            Write(put={"pk": "A", "sk": "2"}, condition="attribute_not_exists(pk)"),
            Write(key={"pk": "A", "sk": "3"}, check=True, condition="attribute_exists(pk)"),
        ]
        with pytest.raises(TransactionRefused) as refused:
            table.transact(writes)
        assert refused.value.failed == (1, 2)
        assert table.get(KEY) is None

    def test_what_is_asked_together_is_done(self, table: Table) -> None:
        table.transact([Write(put=KEY), Write(key={"pk": "A", "sk": "2"}, add={"count": 1})])
        assert table.get({"pk": "A", "sk": "2"}) == {"pk": "A", "sk": "2", "count": 1}


def wire(sort_key: str) -> dict[str, Any]:
    return {"pk": {"S": "A"}, "sk": {"S": sort_key}}


def left_out(sort_key: str) -> dict[str, Any]:
    return {"videos": {"Keys": [wire(sort_key)]}}


class TestManyAtOnce:
    @pytest.fixture(autouse=True)
    def _no_waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)

    def test_too_many_keys_are_a_mistake(self, table: Table) -> None:
        with pytest.raises(ValueError, match="100"):
            table.get_many([KEY] * (MAX_BATCH_GET_KEYS + 1))

    def test_no_keys_ask_nothing(self) -> None:
        table, asked = answering()
        assert table.get_many([]) == []
        assert asked.requests == []

    def test_what_is_not_there_is_left_out(self, table: Table) -> None:
        fill(table, "1")
        assert table.get_many([KEY, {"pk": "A", "sk": "none"}]) == [KEY]

    def test_what_was_left_unprocessed_is_asked_for_again(self) -> None:
        table, asked = answering(
            {"Responses": {"videos": [wire("1")]}, "UnprocessedKeys": left_out("2")},
            {"Responses": {"videos": [wire("2")]}, "UnprocessedKeys": {}},
        )
        found = table.get_many([KEY, {"pk": "A", "sk": "2"}])
        assert [item["sk"] for item in found] == ["1", "2"]
        assert asked.requests[1]["RequestItems"] == left_out("2")

    def test_what_stays_unprocessed_is_told(self) -> None:
        busy = {"Responses": {}, "UnprocessedKeys": left_out("1")}
        table, _ = answering(*[busy] * dynamodb.MAX_BATCH_ROUNDS)
        with pytest.raises(StorageBusy):
            table.get_many([KEY])

    def test_it_can_be_asked_for_what_is_there_this_moment(self) -> None:
        table, asked = answering({"Responses": {"videos": [wire("1")]}, "UnprocessedKeys": {}})
        assert table.get_many([KEY], consistent=True) == [KEY]
        assert asked.requests[0]["RequestItems"]["videos"]["ConsistentRead"]


class TestPuttingMany:
    @pytest.fixture(autouse=True)
    def _no_waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)

    def test_nothing_asks_nothing(self) -> None:
        table, asked = answering()
        table.put_many([])
        assert asked.requests == []

    def test_more_than_a_call_takes_are_all_there(self, table: Table) -> None:
        items = [{"pk": "A", "sk": f"{number:03d}"} for number in range(60)]
        table.put_many(items)
        table.put_many(items)
        assert table.query("A", limit=100).items == items

    def test_what_was_left_undone_is_put_again(self) -> None:
        rest = {"videos": [{"PutRequest": {"Item": wire("2")}}]}
        table, asked = answering({"UnprocessedItems": rest}, {"UnprocessedItems": {}})
        table.put_many([KEY, {"pk": "A", "sk": "2"}])
        assert asked.requests[1]["RequestItems"] == rest

    def test_what_stays_undone_is_told(self) -> None:
        busy = {"UnprocessedItems": {"videos": [{"PutRequest": {"Item": wire("1")}}]}}
        table, _ = answering(*[busy] * dynamodb.MAX_BATCH_ROUNDS)
        with pytest.raises(StorageBusy):
            table.put_many([KEY])

    def test_a_busy_table_is_told_as_something_that_passes(self) -> None:
        throttled = {"Error": {"Code": "ThrottlingException", "Message": ""}}
        table, _ = answering(ClientError(throttled, "BatchWriteItem"))  # type: ignore[arg-type]
        with pytest.raises(StorageBusy):
            table.put_many([KEY])


class TestBeingThrottled:
    @pytest.mark.parametrize(
        "code", ["ThrottlingException", "TransactionConflictException", "RequestLimitExceeded"]
    )
    def test_is_told_as_something_that_passes(self, code: str) -> None:
        table, _ = answering(ClientError({"Error": {"Code": code, "Message": ""}}, "PutItem"))
        with pytest.raises(StorageBusy) as busy:
            table.write(Write(put=KEY))
        assert busy.value.retryable


class TestPages:
    @pytest.mark.parametrize("newest_first", [False, True])
    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7])
    @pytest.mark.parametrize("prefix", ["", "V#"])
    def test_together_hold_everything_once(
        self, table: Table, limit: int, newest_first: bool, prefix: str
    ) -> None:
        names = [f"V#{number}" for number in range(6)]
        fill(table, *names, *(["A#0", "W#0"] if prefix else []))
        found: list[str] = []
        after = None
        for _ in range(10):
            page = table.query(
                "A", prefix=prefix, after=after, limit=limit, newest_first=newest_first
            )
            assert len(page.items) <= limit
            found += [item["sk"] for item in page.items]
            after = page.next_position
            if after is None:
                break
        assert found == sorted(names, reverse=newest_first)

    def test_the_last_page_knows_that_it_is_the_last(self, table: Table) -> None:
        fill(table, "1", "2")
        assert table.query("A", limit=2).next_position is None

    def test_an_item_inserted_before_does_not_move_the_rest(self, table: Table) -> None:
        fill(table, "2", "4", "6")
        first = table.query("A", limit=2)
        fill(table, "1", "3")
        rest = table.query("A", limit=5, after=first.next_position)
        assert [item["sk"] for item in rest.items] == ["6"]

    def test_the_item_of_a_cursor_may_be_gone(self, table: Table) -> None:
        fill(table, "V#1", "V#2", "V#3", "V#4")
        first = table.query("A", prefix="V#", limit=2)
        table.write(Write(key={"pk": "A", "sk": "V#2"}, delete=True))
        rest = table.query("A", prefix="V#", limit=1, after=first.next_position)
        assert [item["sk"] for item in rest.items] == ["V#3"]
        assert rest.next_position == "V#3"

    def test_a_bound_is_inclusive(self, table: Table) -> None:
        fill(table, "1", "2", "3")
        assert [item["sk"] for item in table.query("A", before="2", limit=5).items] == ["1", "2"]

    def test_an_index_has_keys_of_its_own(self, table: Table) -> None:
        table.write(Write(put={**KEY, "gsi1pk": "OWNER", "gsi1sk": "x"}))
        fill(table, "2")
        assert len(table.query("OWNER", index="gsi1", limit=5).items) == 1


VALUES = st.recursive(
    st.text() | st.booleans() | st.integers(-(10**15), 10**15) | st.binary(min_size=1),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
    max_leaves=10,
)


class TestValues:
    @given(VALUES)
    def test_come_back_as_they_went(self, value: object) -> None:
        assert dynamodb.decode_image(encode_map({"value": value})) == {"value": value}

    def test_nothing_is_not_written(self) -> None:
        assert encode_map({"a": None, "b": {"c": None}}) == {"b": {"M": {}}}

    def test_what_dynamodb_cannot_hold_is_a_mistake(self) -> None:
        with pytest.raises(TypeError, match="object"):
            encode_map({"value": object()})

    def test_a_fraction_comes_back(self) -> None:
        assert dynamodb.decode_image({"n": {"N": "2.5"}, "none": {"NULL": True}}) == {
            "n": 2.5,
            "none": None,
        }
