"""What is refused to those who ask for their data."""

from socialflow.platform.errors import Conflict, Gone, NotFound, TooManyRequests


class ExportNotFound(NotFound):
    """The caller has asked for no such export."""

    code = "export_not_found"

    def __init__(self, export_id: str) -> None:
        super().__init__("There is no such export of yours.", export_id=export_id)


class ExportTooSoon(TooManyRequests):
    """One export a day."""

    code = "export_too_soon"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(
            "You asked for an export within the last day; fetch that one, or ask again later.",
            retry_after_seconds=retry_after_seconds,
        )


class ExportNotReady(Conflict):
    """The export is still being gathered, or could not be."""

    code = "export_not_ready"

    def __init__(self, state: str) -> None:
        super().__init__("This export cannot be fetched; look at its state.", state=state)


class ExportExpired(Gone):
    """The archive is gone; a new export can be asked for."""

    code = "export_expired"

    def __init__(self) -> None:
        super().__init__("This export has expired; ask for a new one.")


class AccountGone(Gone):
    """The account is being erased, or is erased already."""

    code = "account_gone"

    def __init__(self) -> None:
        super().__init__("This account is gone.")
