"""What is missing, typed; and the one error of a register that failed."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from hub.errors import Code, RegisterError
from hub.model.evidence import Absence, AbsenceCode, Absent, Failure, Found, Unavailable

_MOST_REGISTERS: Final = 64


def nothing(register: str, outcome: Found | Absent | None) -> Absence:
    """Return the absence of what was not there, or may not be shown: the same either way."""
    if outcome is None or not outcome.stale:
        return _no_record(register)
    return Absence(register=register, code=AbsenceCode.NO_RECORD, known_as_of=outcome.as_of)


@lru_cache(maxsize=_MOST_REGISTERS)
def _no_record(register: str) -> Absence:
    return Absence(register=register, code=AbsenceCode.NO_RECORD)


def absence_of(register: str | None, outcome: Unavailable) -> Absence:
    """Return the absence of what a register did not answer; None means the person."""
    stale = outcome.failure is Failure.TOO_STALE
    return Absence(
        register=register,
        code=AbsenceCode.TOO_STALE if stale else AbsenceCode.REGISTER_UNAVAILABLE,
        retry_after_s=outcome.retry_after_s,
        known_as_of=outcome.known_as_of,
    )


def register_errors(failures: Mapping[str, Unavailable]) -> list[RegisterError]:
    """Return one error per failed register, however many persons were asked about."""
    return [_error(register, failure) for register, failure in sorted(failures.items())]


def _error(register: str, failure: Unavailable) -> RegisterError:
    malformed = failure.failure is Failure.MALFORMED
    code = Code.REGISTER_MALFORMED if malformed else Code.REGISTER_UNAVAILABLE
    if failure.retry_after_s is None:
        return RegisterError(code, register=register)
    return RegisterError(code, register=register, retryAfterSeconds=failure.retry_after_s)
