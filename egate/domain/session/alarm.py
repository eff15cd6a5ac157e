"""What somebody must be told of at once."""

from enum import StrEnum


class Alarm(StrEnum):
    """The policy names each by its member's name in lower case; the value is a log event."""

    TAILGATING = "alarm tailgating"
    WRONG_WAY = "alarm wrong way"
    FORCED_BARRIER = "alarm forced barrier"
    EVACUATION = "alarm evacuation"
    DOCUMENT_LEFT = "alarm document left"
    """A document lies on a reader, and its traveller is gone."""
    SILENT_HIT = "alarm silent hit"
    """Officers know why the traveller was referred; neither traveller nor bystanders do."""
