"""Every failure that seawall raises on purpose: a code to act on, a place, and a sentence."""


class SeawallError(Exception):
    """Base of all failures raised on purpose.

    Parameters
    ----------
    message : str
        One sentence for a person.
    code : str
        A stable name for a program, such as ``invalid_input``.
    where : str
        The place it concerns, such as ``records[17].principal``; empty when there is none.
    """

    default_code = "error"

    def __init__(self, message: str, *, code: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class InvalidInput(SeawallError):
    """A value or shape that cannot be accepted."""

    default_code = "invalid_input"


class InvalidProfile(InvalidInput):
    """A tape profile that contradicts itself."""

    default_code = "invalid_profile"


class SourceUnreadable(InvalidInput):
    """Bytes that are not the format they claim to be."""

    default_code = "source_unreadable"


class LimitExceeded(InvalidInput):
    """A stated maximum is passed: depth, size or count."""

    default_code = "limit_exceeded"


class CurrencyMixed(InvalidInput):
    """Money of several currencies would be added up."""

    default_code = "currency_mixed"


class DatasetRefused(InvalidInput):
    """A strict ingest met refused cells or rows; nothing was written."""

    default_code = "dataset_refused"


class ProofInvalid(InvalidInput):
    """A proof, a signature or a bundle that does not show what it says."""

    default_code = "proof_invalid"


class NotFound(SeawallError):
    """No such dataset, run, finding, evidence or record for this tenant."""

    default_code = "not_found"


class Conflict(SeawallError):
    """The same identifier with a different content, or a change to what cannot change."""

    default_code = "conflict"


class StoreError(SeawallError):
    """The store cannot be opened, read or written."""

    default_code = "store_unavailable"


class Cancelled(SeawallError):
    """The caller asked the work to stop; nothing of it was kept."""

    default_code = "cancelled"
