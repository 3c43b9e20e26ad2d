"""Taking persons out of what is shown of others."""

from collections.abc import Collection
from dataclasses import fields, is_dataclass

from hub.model.personal_code import PersonalCode


def hide(published: object, codes: Collection[PersonalCode]) -> None:
    """Take every reference to one of ``codes`` out of a published object, in place.

    A reference is an object with a ``personal_code``: a field with one becomes null, a list
    loses it. What ``concerns`` a reference that became null (see ``schemas.field.leaf``) becomes
    null with it.
    """
    if not is_dataclass(published):
        return
    declared = fields(published)
    for each in declared:
        value = getattr(published, each.name)
        if isinstance(value, list):
            value[:] = [item for item in value if not _names(item, codes)]
            for item in value:
                hide(item, codes)
        elif _names(value, codes):
            for gone in declared:
                if each.name in {gone.name, gone.metadata.get("concerns")}:
                    setattr(published, gone.name, None)
        else:
            hide(value, codes)


def _names(value: object, codes: Collection[PersonalCode]) -> bool:
    return getattr(value, "personal_code", None) in codes
