"""Whose records are whose in a demo with a kiosk and a gate."""

from egate.cli.demo.story import Expectation, Story
from egate.cli.demo.system import sessions_of
from egate.domain.record import CrossingStatus, RecordVerdict, StepDuration
from egate.reporting.crossing_list import CrossingSummary


def record(name: str, gate: str, status: CrossingStatus, prepared: str = "") -> CrossingSummary:
    verdicts = {
        CrossingStatus.COMPLETED: RecordVerdict.ADMIT,
        CrossingStatus.REFERRED: RecordVerdict.REFER,
    }
    verdict = verdicts.get(status, RecordVerdict.NONE)
    steps = (StepDuration("mrz", 1.0),)
    return CrossingSummary(name, gate, 1, verdict, status, (), steps, False, prepared)


RECORDS = [
    record("k1", "K", CrossingStatus.PREPARED),
    record("g1", "G", CrossingStatus.COMPLETED, "k1"),
    record("k2", "K", CrossingStatus.REFERRED),
    record("k3", "K", CrossingStatus.PREPARED),
    record("g3", "G", CrossingStatus.REFERRED),  # two people: it asked no kiosk
    record("k4", "K", CrossingStatus.PREPARED),
]


def test_a_kiosks_record_and_the_gates_are_one_session() -> None:
    sessions = sessions_of(RECORDS)
    assert [s.record_id for s in sessions] == ["g1", "k2", "g3", "k4"]
    assert [s.prepared_record_id for s in sessions] == ["k1", "", "", ""]
    assert [s.records for s in sessions] == [2, 1, 2, 1]
    assert [step.name for step in sessions[0].steps] == ["kiosk_mrz", "mrz"]
    assert [step.name for step in sessions[1].steps] == ["mrz"]


def test_a_story_ends_when_nobody_is_on_the_way_and_counts_every_record() -> None:
    expected = [Expectation(name, "", verdict, frozenset()) for name, verdict in (
        ("a", "admit"), ("b", "refer"), ("c", "refer"), ("d", "admit"),
    )]  # fmt: skip
    story = Story(expected, sessions_of(RECORDS), records_at_centre=6)
    assert not story.is_complete
    story.sessions = sessions_of([*RECORDS, record("g4", "G", CrossingStatus.COMPLETED, "k4")])
    assert story.is_complete
    assert not story.all_as_expected  # a record is missing at the centre
    story.records_at_centre = 7
    assert story.all_as_expected
