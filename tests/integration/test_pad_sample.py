"""The gate's own attack detection on a few rendered passages of every species."""

import tomllib
from pathlib import Path

import pytest

from benchmarks.bench_pad import Rate, Threshold, measured, thresholds
from benchmarks.pad_passages import (
    BONA_FIDE,
    SPECIES,
    Frame,
    Passage,
    Scored,
    Split,
    passages_of,
    sightings_of,
)
from benchmarks.pad_store import PassageStore
from egate.biometrics.detection import FaceDetector
from egate.biometrics.models import YUNET, read_model

POLICY = Path(__file__).resolve().parents[2] / "config" / "policy.toml"
PASSAGES = 1


pytestmark = pytest.mark.timeout(180)  # some 250 frames are rendered on a busy machine


@pytest.fixture(scope="module")
def found() -> list[Scored]:
    return measured(Split.TUNING, SPECIES, PASSAGES)


def test_every_attack_is_above_the_policys_threshold_and_every_person_below(
    found: list[Scored],
) -> None:
    limit = tomllib.loads(POLICY.read_text("utf-8"))["profiles"]["standard"]["max_pad_score"]
    admitted = dict.fromkeys(SPECIES, 0)
    for one in found:
        admitted[one.species] += Threshold("policy", limit).admits(one)
    assert admitted == {name: 2 * PASSAGES if name == BONA_FIDE else 0 for name in SPECIES}


def test_the_splits_share_neither_people_nor_seeds() -> None:
    tuning, held_out = (
        {each for name in SPECIES for each in passages_of(split, name, 200)} for split in Split
    )
    assert not {each.person for each in tuning} & {each.person for each in held_out}
    assert not {each.seed for each in tuning} & {each.seed for each in held_out}
    assert len({each.seed for each in held_out}) == 200 * len(SPECIES)


def test_a_passage_is_the_same_again_and_has_both_levels_of_the_light(tmp_path: Path) -> None:
    passage = next(passages_of(Split.TUNING, "cut_print", 1))
    rendered = PassageStore(tmp_path).frames(passage)
    assert PassageStore(tmp_path).frames(passage) == rendered == PassageStore(None).frames(passage)
    shown = sightings_of(rendered, FaceDetector(read_model(YUNET)))
    assert {one.light for one in shown} == {0.3, 1.0}
    times = [one.captured_at for one in shown]
    assert times == sorted(set(times))


def test_a_passage_that_is_kept_is_not_rendered_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passage = Passage("print", "P001", 1)
    frames = [Frame(b"one", 0.25, 0.3), Frame(b"another", 0.5, 1.0)]
    monkeypatch.setattr(Passage, "frames", lambda _: frames)
    assert PassageStore(tmp_path).frames(passage) == frames
    monkeypatch.setattr(Passage, "frames", lambda _: [])
    assert PassageStore(tmp_path).frames(passage) == frames
    assert PassageStore(tmp_path).frames(Passage("print", "P001", 2)) == []


def test_scores_are_kept_and_gone_on_from(tmp_path: Path, found: list[Scored]) -> None:
    scores = tmp_path / "scores.jsonl"
    first = measured(Split.TUNING, ("print",), 1, scores)
    assert first == [one for one in found if one.species == "print"][:1]
    scores.write_text(scores.read_text("utf-8").replace(str(first[0].score), "0.125") + '{"spe')
    (kept,) = measured(Split.TUNING, ("print",), 1, scores)
    assert kept.score == 0.125


def test_rates_have_bounds_and_the_threshold_refuses_two_in_a_hundred() -> None:
    low, high = Rate(0, 100).bounds
    assert low == pytest.approx(0, abs=1e-9)
    assert high == pytest.approx(0.037, abs=0.001)  # Wilson, 95 %
    live = [Scored(BONA_FIDE, "P004", seed, seed / 100, True, {}) for seed in range(100)]
    chosen = thresholds(live)[0]
    assert sum(not chosen.admits(one) for one in live) == 2
    assert not chosen.admits(Scored("print", "P004", 1, 0.0, False, {}))
