"""What is demanded of some documents more, or less, than of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from egate.domain.policy.case import PROOF, Case
from egate.domain.policy.entries import PolicyInvalid, exactly, state, table, tables, text, texts
from egate.domain.policy.obligation import Obligation
from egate.domain.record import Direction
from egate.emrtd.checks import LANE_CHECKS, CheckId

_KEYS: Final = frozenset({"name", "when", "obligations"})
_WHEN: Final = frozenset(
    {"direction", "document_codes", "issuing_states", "nationalities", "citizens"}
)
_MOST_RULES: Final = 200


@dataclass(frozen=True, slots=True)
class When:
    """Which cases a rule is for; what is None or empty does not narrow them.

    Args:
        direction: of the lane.
        document_codes: first letters of the document code.
        issuing_states: three letters each.
        nationalities: three letters each.
        citizens: own citizens with the own State's document, or everybody else.

    """

    direction: Direction | None = None
    document_codes: tuple[str, ...] = ()
    issuing_states: frozenset[str] = frozenset()
    nationalities: frozenset[str] = frozenset()
    citizens: bool | None = None

    def holds(self, case: Case, own_state: str) -> bool:
        return (
            self.direction in {None, case.direction}
            and (not self.document_codes or case.document_code.startswith(self.document_codes))
            and (not self.issuing_states or case.issuing_state in self.issuing_states)
            and (not self.nationalities or case.nationality in self.nationalities)
            and self.citizens in {None, case.is_of_citizen(own_state)}
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """Obligations that take the place of others where ``when`` holds."""

    name: str
    when: When
    obligations: Mapping[CheckId, Obligation]

    def applied(
        self, obligations: Mapping[CheckId, Obligation], case: Case
    ) -> Mapping[CheckId, Obligation]:
        """Return ``obligations`` with those of this rule over them.

        A rule loosens a check only for what the chip's State signed. Otherwise a forged
        data page would choose its own rules: it would name the State of which least is
        demanded. What tightens needs no proof.
        """
        if case.is_signed:
            return {**obligations, **self.obligations}
        stricter = {c: o.or_stricter(obligations[c]) for c, o in self.obligations.items()}
        return {**obligations, **stricter}


def parse_rules(content: object, defaults: Mapping[CheckId, Obligation]) -> tuple[Rule, ...]:
    """Return the rules of the policy's ``[[rules]]``, in their order.

    Args:
        content: the array of tables.
        defaults: the obligations for everybody.

    Raises:
        PolicyInvalid: a key is unknown or missing, a value is of the wrong kind, or a rule
            loosens a check on which every looser rule rests.

    """
    rules: dict[str, Rule] = {}
    for number, each in enumerate(tables("rules", content, _MOST_RULES), 1):
        rule = _rule(f"rules.{number}", each, defaults)
        if rule.name in rules:
            raise PolicyInvalid(f"rules.{number}.name: another rule has it")
        rules[rule.name] = rule
    return tuple(rules.values())


def parse_obligations(key: str, content: object) -> Mapping[CheckId, Obligation]:
    """Return obligations for some checks.

    Raises:
        PolicyInvalid: a check or an obligation is unknown.

    """
    known = {check_id.value for check_id in LANE_CHECKS}
    found = {}
    for name, value in table(key, content).items():
        if name not in known:
            raise PolicyInvalid(f"{key}.{name}: unknown key")
        try:
            found[CheckId(name)] = Obligation(str(value))
        except ValueError:
            words = ", ".join(Obligation)
            raise PolicyInvalid(f"{key}.{name}: is none of {words}") from None
    return MappingProxyType(found)


def _rule(key: str, content: object, defaults: Mapping[CheckId, Obligation]) -> Rule:
    found = table(key, content)
    exactly(f"{key}.", found, _KEYS)
    obligations = parse_obligations(f"{key}.obligations", found["obligations"])
    if not obligations:
        raise PolicyInvalid(f"{key}.obligations: is empty; the rule would change nothing")
    for check_id in sorted(PROOF & obligations.keys()):
        if obligations[check_id].or_stricter(defaults[check_id]) is not obligations[check_id]:
            raise PolicyInvalid(
                f"{key}.obligations.{check_id}: may not be loosened: it shows whose document it is"
            )
    return Rule(
        text(f"{key}.name", found["name"]), parse_when(f"{key}.when", found["when"]), obligations
    )


def parse_when(key: str, content: object) -> When:
    """Return whom a rule is for.

    Raises:
        PolicyInvalid: it names nothing, a key is unknown, or a value is of the wrong kind.

    """
    found = table(key, content)
    exactly(f"{key}.", found, frozenset(), _WHEN)
    if not found:
        raise PolicyInvalid(f"{key}: is empty; what is for everybody stands in obligations")
    citizens = found.get("citizens")
    if not isinstance(citizens, bool | None):
        raise PolicyInvalid(f"{key}.citizens: is neither true nor false")
    return When(
        direction=_direction(f"{key}.direction", found.get("direction")),
        document_codes=_some(key, "document_codes", found),
        issuing_states=_states(key, "issuing_states", found),
        nationalities=_states(key, "nationalities", found),
        citizens=citizens,
    )


def _direction(key: str, value: object) -> Direction | None:
    try:
        return None if value is None else Direction(str(value))
    except ValueError:
        raise PolicyInvalid(f"{key}: is none of {', '.join(Direction)}") from None


def _states(key: str, name: str, found: Mapping[str, object]) -> frozenset[str]:
    return frozenset(state(f"{key}.{name}", each) for each in _some(key, name, found))


def _some(key: str, name: str, found: Mapping[str, object]) -> tuple[str, ...]:
    if name not in found:
        return ()
    values = texts(f"{key}.{name}", found[name])
    if not values:
        raise PolicyInvalid(f"{key}.{name}: is empty; the rule would hold for nobody")
    return values
