"""Names of persons in data groups, in national characters (9303-10 §4.7.11, 9303-3 §4.6)."""

from dataclasses import dataclass, field
from typing import Self

from egate.emrtd.lds.elements import Elements


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name; personal.

    Args:
        primary_identifier: the surname, or the whole name where nothing divides it.
        secondary_identifier: the given names.

    """

    primary_identifier: str = field(repr=False)
    secondary_identifier: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Divide ``text`` at its first ``<<``; single fillers are spaces."""
        primary, _, secondary = text.partition("<<")
        return cls(_words(primary), _words(secondary))


def _words(text: str) -> str:
    return " ".join(text.replace("<", " ").split())


def names_in_class(
    elements: Elements, class_tag: int, name_tag: int, what: str
) -> tuple[PersonName, ...]:
    """Return the names in the content-specific class, and those that stand beside it.

    Args:
        elements: of the template that holds the class.
        class_tag: of the class, which holds a count and the names.
        name_tag: of each name.
        what: what errors call a name.

    Raises:
        TlvMalformed: an object of the class ends early.
        DocumentRejected: the class states another number, or a name is no text.

    """
    texts = list(elements.all(name_tag))
    content = elements.one(class_tag, f"list of {what}s")
    if content is not None:
        nested = elements.nested(content)
        names = nested.all(name_tag)
        nested.expect_count(len(names), f"number of {what}s")
        texts = [*names, *texts]
    return tuple(PersonName.parse(elements.as_text(text, what)) for text in texts)
