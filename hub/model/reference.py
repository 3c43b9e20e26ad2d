"""What a register is told of the operation that asks it, and can keep in its own call log.

A reference names the operation, whose id is also that of its entries and of its receipt, and is
authenticated: whoever has the key tells by the reference alone whether the hub made it, for that
register, for that call and for so many persons. A bare id could be made up, or taken from a
receipt.
"""

import hmac
import re
from typing import Final, NamedTuple

_MAC_BYTES: Final = 16
_FORM: Final = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{1,16})\.([0-9]{1,9})\.([0-9a-f]{32})")


class Reference(NamedTuple):
    """One call of a register.

    Attributes:
        operation_id: 128 bits, hexadecimal.
        number: Of the call, among those of one process; so no two calls share a reference.
        persons: How many personal codes the call asks about.
    """

    operation_id: str
    number: int
    persons: int

    def written(self, key: bytes) -> str:
        """Return the text that the register is sent; about 80 characters fit for a header.

        Args:
            key: ``use_of`` the register, from the keyring.
        """
        told = f"{self.operation_id}.{self.number:x}.{self.persons}"
        return f"{told}.{_mac(key, told)}"


def use_of(register: str) -> str:
    """Return the keyring's name for the key of a register's references."""
    return f"reference:{register}"


def read_reference(text: str, key: bytes) -> Reference | None:
    """Return what a register was told; None when the hub did not tell it that."""
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    operation_id, number, persons, mac = form.groups()
    if not hmac.compare_digest(mac, _mac(key, text.rpartition(".")[0])):
        return None
    return Reference(operation_id, int(number, 16), int(persons))


def _mac(key: bytes, told: str) -> str:
    return hmac.digest(key, told.encode(), "sha256")[:_MAC_BYTES].hex()
