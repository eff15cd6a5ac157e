"""What named officers take upon themselves for one State and a few days."""

from dataclasses import dataclass
from typing import Final

from egate.domain.policy.case import PROOF, Case
from egate.domain.policy.entries import PolicyInvalid, exactly, state, table, tables, text, texts
from egate.domain.policy.period import Period, parse_period
from egate.emrtd.checks import LANE_CHECKS, CheckId, Outcome

_KEYS: Final = frozenset(
    {"name", "issuing_state", "check", "from", "until", "reason", "approved_by"}
)
_MOST_WAIVERS: Final = 100
_MOST_DAYS: Final = 30
_MOST_REVOCATION_DAYS: Final = 7  # longer, and somebody has to see to the State's CRL
_LONGEST_REASON: Final = 200
_APPROVERS: Final = 2
_OF_DOCUMENT: Final = ("ELECTRONIC.", "COMBINED.")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One check of one State's documents that may stay undetermined for a while.

    Args:
        name: as records name it.
        issuing_state: three letters.
        check_id: of the document.
        period: while it holds.
        reason: why.
        approved_by: names of at least two officers.

    """

    name: str
    issuing_state: str
    check_id: CheckId
    period: Period
    reason: str
    approved_by: tuple[str, ...]

    def covers(self, check_id: CheckId, outcome: Outcome, case: Case) -> bool:
        """Say whether ``outcome`` of ``check_id`` does not count in ``case``.

        What could not be determined is all that is waived: a revoked signer stays one. Like
        a rule that loosens, it holds for what the chip's State signed and nothing else.
        """
        return (
            outcome is Outcome.UNDETERMINED
            and check_id is self.check_id
            and case.is_signed
            and case.issuing_state == self.issuing_state
            and self.period.holds(case.began_at)
        )

    def __str__(self) -> str:
        return f"waiver {self.name} until {self.period.last_day}"


def parse_waivers(content: object) -> tuple[Waiver, ...]:
    """Return the waivers of the policy's ``[[waivers]]``.

    Raises:
        PolicyInvalid: a key is unknown or missing, or a value is of the wrong kind; fewer
            than two officers approve, it holds for too long, or what it waives may not be.

    """
    waivers: dict[str, Waiver] = {}
    for number, each in enumerate(tables("waivers", content, _MOST_WAIVERS), 1):
        waiver = _waiver(f"waivers.{number}", each)
        if waiver.name in waivers:
            raise PolicyInvalid(f"waivers.{number}.name: another waiver has it")
        waivers[waiver.name] = waiver
    return tuple(waivers.values())


def _waiver(key: str, content: object) -> Waiver:
    found = table(key, content)
    exactly(f"{key}.", found, _KEYS)
    check_id = _check(f"{key}.check", found["check"])
    is_revocation = check_id is CheckId.DS_REVOCATION
    return Waiver(
        name=text(f"{key}.name", found["name"]),
        issuing_state=state(f"{key}.issuing_state", found["issuing_state"]),
        check_id=check_id,
        period=parse_period(key, found, _MOST_REVOCATION_DAYS if is_revocation else _MOST_DAYS),
        reason=text(f"{key}.reason", found["reason"], _LONGEST_REASON),
        approved_by=_approvers(f"{key}.approved_by", found["approved_by"]),
    )


def _check(key: str, value: object) -> CheckId:
    if not isinstance(value, str) or value not in LANE_CHECKS:
        raise PolicyInvalid(f"{key}: is no check of a lane")
    check_id = CheckId(value)
    if check_id in PROOF:
        raise PolicyInvalid(f"{key}: may not be waived: it shows whose document it is")
    if not check_id.startswith(_OF_DOCUMENT):
        raise PolicyInvalid(f"{key}: is not of the document, so no State's to waive")
    return check_id


def _approvers(key: str, value: object) -> tuple[str, ...]:
    names = tuple(text(key, each) for each in texts(key, value))
    if len({" ".join(name.casefold().split()) for name in names}) < _APPROVERS:
        raise PolicyInvalid(f"{key}: are not {_APPROVERS} officers")
    return names
