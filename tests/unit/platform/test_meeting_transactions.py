"""Transactions that meet at an item."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from socialflow.platform import dynamodb
from socialflow.platform.dynamodb import StorageBusy, TransactionRefused, Write
from tests.unit.platform.dynamodb_answers import answering

KEY = {"pk": "A", "sk": "1"}


class TestMeetings:
    """Transactions that meet at an item: one of them is cancelled, and nothing is wrong with it."""

    MET: Any = {  # noqa: RUF012 - read alone
        "Error": {"Code": "TransactionCanceledException", "Message": ""},
        "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
    }

    def met(self) -> ClientError:
        return ClientError(self.MET, "TransactWriteItems")

    def test_the_one_that_was_cancelled_is_tried_again(self) -> None:
        table, asked = answering(self.met(), self.met(), {})
        table.transact([Write(put=KEY)], token="the same")
        assert len(asked.requests) == 3
        assert {each["ClientRequestToken"] for each in asked.requests} == {"the same"}

    def test_but_not_for_ever(self) -> None:
        table, asked = answering(*[self.met()] * dynamodb.MAX_CONFLICTS)
        with pytest.raises(StorageBusy) as busy:
            table.transact([Write(put=KEY)])
        assert busy.value.retryable
        assert len(asked.requests) == dynamodb.MAX_CONFLICTS

    def test_a_condition_that_failed_beside_it_is_an_answer(self) -> None:
        refused: Any = self.MET | {"CancellationReasons": [{"Code": "ConditionalCheckFailed"}]}
        table, _ = answering(ClientError(refused, "TransactWriteItems"))
        with pytest.raises(TransactionRefused):
            table.transact([Write(put=KEY)])
