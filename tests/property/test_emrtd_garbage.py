"""Whatever a chip answers: a result or one of two kinds of error, in bounded time and memory."""

import json
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.errors import DocumentRejected, RetryableReadError
from egate.emrtd.evaluation import DocumentEvaluation
from tests.fuzz import chip as command
from tests.fuzz import conversations, harness
from tests.fuzz.harness import Totals, run
from tests.fuzz.mutator import Mutator
from tests.fuzz.parsers import Parser, parsers
from tests.fuzz.talk import Trace

CASES = 2500
TARGETS = sorted(name for name, parser in parsers().items() if parser.samples)


def test_thousands_of_cases_of_every_kind_end_well() -> None:
    totals = Totals()
    found = [finding for case in range(CASES) if (finding := run(3, case, totals))]
    assert [(finding.case, finding.target, finding.error) for finding in found] == []
    assert totals.cases == CASES
    assert totals.worst_apdu_count < 1000
    assert {f"parse {name}" for name in TARGETS} <= set(totals.by_target)
    often = {name for name, talk in conversations.talks().items() if talk.weight > 2}
    assert often <= set(totals.by_target)
    assert totals.by_error["result"] > CASES // 20


@pytest.mark.parametrize("target", TARGETS)
@given(noise=st.binary(max_size=400), choice=st.integers(0, 10**9), cut=st.integers(0, 10**9))
def test_every_parser_has_two_kinds_of_error(
    target: str, noise: bytes, choice: int, cut: int
) -> None:
    parser = parsers()[target]
    sample = parser.samples[choice % len(parser.samples)]
    at = cut % (len(sample) + 1)
    for raw in (noise, sample[:at] + noise, sample[:at] + noise + sample[at + len(noise) :]):
        try:
            parser.parse(raw)
        except (RetryableReadError, DocumentRejected):
            continue


@pytest.mark.parametrize("target", [name for name in TARGETS if name != "tlv"])
def test_every_sample_is_a_good_one(target: str) -> None:
    """Damage to what is broken anyway would find nothing."""
    for sample in parsers()[target].samples:
        parsers()[target].parse(sample)


def test_damage_comes_back_with_its_seed() -> None:
    sample = parsers()["EF.SOD"].samples[0]
    once, again = (
        [Mutator(Random(seed), (sample,)).damage(sample) for seed in range(200)]  # noqa: S311
        for _ in range(2)
    )
    assert once == again
    assert len(set(once)) > 150
    assert max(len(raw) for raw in once) <= 100_000


def test_a_chip_without_damage_is_proven() -> None:
    """Otherwise no inspection would get far enough for its evaluation to go wrong."""

    class Harmless(Random):
        def randrange(self, *_: int) -> int:  # the first wrong answer comes never
            return 10**9

        def random(self) -> float:
            return 0.99

        def choice(self, options: tuple[float, ...]) -> float:  # type: ignore[override]
            return options[0]

    hold = conversations.talks()["inspection of BAC, inside"].hold
    evaluation = hold(Harmless(1), Trace())
    assert isinstance(evaluation, DocumentEvaluation)
    outcomes = {check.check_id: check.outcome for check in evaluation.checks}
    assert outcomes[CheckId.SOD_SIGNATURE] is Outcome.SUCCESSFUL
    assert outcomes[CheckId.DG_HASHES] is Outcome.SUCCESSFUL


def _boom(_: bytes) -> object:
    raise KeyError("planted")


def test_the_command_reports_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_ADDRESS_SPACE_BYTES", -1)  # this process goes on afterwards
    planted = {name: Parser(_boom, each.samples) for name, each in parsers().items()}
    for name, parser in planted.items():
        monkeypatch.setitem(parsers(), name, parser)
    arguments = ["--cases", "40", "--seed", "5", "--json", "--findings", str(tmp_path / "new")]
    assert command.main(arguments) == 1
    report = json.loads(capsys.readouterr().out)
    finding = json.loads(Path(report["findings"][0]).read_text())
    assert finding["error"] == "KeyError: 'planted'"
    assert bytes.fromhex(finding["input"])
    assert finding["seed"] == 5
    again = run(5, finding["case"], Totals())
    assert again is not None
    assert again.sample == bytes.fromhex(finding["input"])


def test_memory_that_a_case_takes_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = count(100, 65)
    monkeypatch.setattr(harness, "_resident_megabytes", lambda: next(peaks))
    finding = run(5, 0, Totals())
    assert finding is not None
    assert finding.error == "took too much memory"


def test_time_that_a_case_takes_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(_: bytes) -> object:
        while True:
            pass

    monkeypatch.setattr(harness, "_LONGEST_CPU_SECONDS", 0.05)
    for name, each in list(parsers().items()):
        monkeypatch.setitem(parsers(), name, Parser(hang, each.samples))
    found = [finding for case in range(3) if (finding := run(5, case, Totals()))]
    assert found[0].error.startswith("TooSlow")


def test_the_command_counts_and_goes_on_from_any_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "_ADDRESS_SPACE_BYTES", -1)
    whole, parts = [], []
    for arguments, reports in (
        (["--cases", "60"], whole),
        (["--cases", "20"], parts),
        (["--cases", "40", "--first", "20"], parts),
    ):
        assert command.main([*arguments, "--seed", "7", "--json"]) == 0
        reports.append(json.loads(capsys.readouterr().out))
    assert parts[0]["next"] == 20
    assert parts[1]["next"] == whole[0]["next"] == 60
    for key in ("by_error", "by_target"):
        names = set(parts[0][key]) | set(parts[1][key])
        both = {name: parts[0][key].get(name, 0) + parts[1][key].get(name, 0) for name in names}
        assert both == whole[0][key]
    assert command.main(["--cases", "10", "--seconds", "0"]) == 0
    assert "cases: 1\n" in capsys.readouterr().out
