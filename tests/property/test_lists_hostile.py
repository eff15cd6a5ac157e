"""Files that were signed and are nonsense, power that goes at any moment, and clerks' notations."""

import os
import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.lists.errors import ListRefused
from egate.lists.keeper import MANIFEST, read_manifest
from egate.lists.listed_document import ListedDocument
from egate.lists.manifest import Content, ContentName, Manifest, sign_manifest, verified_manifest
from egate.lists.publishing import DELTA, SNAPSHOT
from tests.list_samples import KARIM, KEY, NOW, SIGNER, Versions, found, gate, in_force, row, take

CASES = 200


def signed_again(folder: Path) -> None:
    """Sign what is in ``folder`` now, as a signer with a fault would."""
    manifest = verified_manifest(read_manifest(folder), SIGNER.public_key())
    files = {name: (folder / name).read_bytes() for name in manifest.contents}
    contents = {
        name: Content(len(raw), sha256(raw).hexdigest()) for name, raw in files.items() if raw
    }
    signed = sign_manifest(replace(manifest, contents=contents), SIGNER)
    (folder / MANIFEST).write_bytes(signed)


def spoil(raw: bytes, choose: random.Random) -> bytes:
    content = bytearray(raw)
    match choose.randrange(4):
        case 0:
            del content[choose.randrange(len(content)) :]
        case 1:
            content += choose.randbytes(choose.randrange(1, 40))
        case 2:  # numbers and lengths of the header and the tables above all
            at = choose.randrange(min(len(content), 80))
            content[at : at + 8] = choose.choice((bytes(8), b"\xff" * 8, choose.randbytes(8)))
        case _:
            content[choose.randrange(len(content))] ^= 1 << choose.randrange(8)
    return bytes(content)


def test_signed_nonsense_is_refused_or_harmless(tmp_path: Path) -> None:
    """Even of the signer nothing is believed that could end the process of a lane."""
    made = Versions(tmp_path / "published")
    first = made.publish(row(f"A{n}", f"E-{n % 5}", persons=(KARIM,)) for n in range(300))
    other = replace(KARIM, date_of_birth="1975")
    second = made.publish(row(f"A{n}", f"E-{n % 5}", persons=(other,)) for n in range(100, 400))
    choose = random.Random(77)  # noqa: S311  to be seen again
    refused = 0
    for number in range(CASES):
        keeper = gate(tmp_path / "gate")
        spoilt = tmp_path / "spoilt"
        shutil.copytree(second / DELTA if number % 2 else first / SNAPSHOT, spoilt)
        name = choose.choice(list(ContentName))
        (spoilt / name).write_bytes(spoil((spoilt / name).read_bytes(), choose))
        try:
            signed_again(spoilt)
            if number % 2:
                take(keeper, first / SNAPSHOT)
            take(keeper, spoilt)
            kept = keeper.open()
            try:
                for n in range(0, 400, 7):
                    found(kept, f"A{n}")
            finally:
                kept.close()
        except ListRefused:
            refused += 1
        shutil.rmtree(spoilt)
        shutil.rmtree(keeper.folder, ignore_errors=True)
    assert refused > CASES // 2


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.replace(b'"version":1', b'"version":01'),
        lambda m: m.replace(b'"version":1', b'"version":true'),
        lambda m: m.replace(b'"version":1', b'"version":0'),
        lambda m: m.replace(b'"previous":0', b'"previous":1'),
        lambda m: m.replace(b'"format":1', b'"format":2'),
        lambda m: m.replace(b'"OFFLOAD"', b'"ELSE"'),
        lambda m: m.replace(b'"documents"', b'"others"'),
        lambda m: m.replace(b'"length":', b'"length":-'),
        lambda m: m.replace(b"Z", b"+00:00"),
        lambda m: m.replace(b'"sha256":"', b'"sha256":"A'),
        lambda m: m.replace(b",", b", "),
        lambda _: b"[" * 2000,
        lambda _: b"\xff",
        lambda _: b"7",
    ],
)
def test_a_signed_manifest_in_another_form_is_refused(
    change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    folder = Versions(tmp_path).publish([row("A1")]) / SNAPSHOT
    body = change(read_manifest(folder).rpartition(b"\n")[0])

    class Odd(Manifest):
        def to_json(self) -> bytes:
            return body

    manifest = verified_manifest(read_manifest(folder), SIGNER.public_key())
    odd = Odd(manifest.kind, 1, 0, manifest.made_at, manifest.valid_until, dict(manifest.contents))
    with pytest.raises(ListRefused, match=r"manifest: (malformed|not canonical)"):
        verified_manifest(sign_manifest(odd, SIGNER), SIGNER.public_key())


def test_the_power_may_go_at_any_moment(tmp_path: Path) -> None:
    """A process is killed before each of its operations on files; the next one goes on."""
    made = Versions(tmp_path / "published")
    first = made.publish([row("A1")]) / SNAPSHOT
    delta = made.publish([row("A2")]) / DELTA
    third = made.publish([row("A3")]) / SNAPSHOT
    before = tmp_path / "before"
    take(gate(before), first)
    take(gate(before), delta)
    moment = 0
    while True:
        folder = tmp_path / f"gate-{moment}"
        shutil.copytree(before, folder)
        survived = survives(lambda folder=folder: take(gate(folder), third), moment)
        kept = gate(folder).open()
        assert kept.faults == []
        used = kept.usable(NOW).manifest.version
        assert used in ((3,) if survived else (2, 3))
        assert found(kept, "A3") == (["E-1"] if used == 3 else [])
        kept.close()
        if survived:
            break
        if used == 2:
            take(gate(folder), third)
        assert in_force(gate(folder)) == 3
        moment += 1
    assert moment > 15


def survives(work: Callable[[], None], moment: int) -> bool:
    """Do ``work`` in a child that dies before its file operation number ``moment``."""
    child = os.fork()
    if child == 0:
        left = moment

        def count(event: str, _: object) -> None:
            nonlocal left
            if event in ("open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree"):
                if left == 0:
                    os._exit(9)
                left -= 1

        sys.addaudithook(count)
        try:
            work()
        except BaseException:  # noqa: BLE001  the parent must not go on twice
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 9)
    return code == 0


def test_a_disk_that_fails_ends_in_a_refusal(tmp_path: Path) -> None:
    source = Versions(tmp_path / "published").publish([row("A1")]) / SNAPSHOT
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ListRefused, match=r"File exists|Not a directory"):
        take(gate(file), source)
    keeper = gate(tmp_path / "gate")
    keeper.folder.mkdir()
    (keeper.folder / "incoming").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ListRefused, match="File exists"):
        take(keeper, source)
    made = Versions(file)
    with pytest.raises(ListRefused, match="Not a directory"):
        made.publish([row("A1")])


def test_a_version_is_not_published_before_the_one_it_follows(tmp_path: Path) -> None:
    made = Versions(tmp_path)
    made.publish([row("A1")], NOW)
    with pytest.raises(ListRefused, match="clock"):
        made.publish([row("A1")], NOW.replace(year=2025))
    folder = tmp_path / made.kind
    (folder / f"{1:016}").rename(folder / f"{2:016}")
    with pytest.raises(ListRefused, match="of another version"):
        made.publish([row("A1")])


NUMBERS = st.text("ABCXYZ0123456789", min_size=1, max_size=20)


@given(NUMBERS, st.lists(st.tuples(st.integers(0, 20), st.sampled_from(" -<./")), max_size=5))
def test_a_clerks_notation_is_the_mrzs(number: str, marks: list[tuple[int, str]]) -> None:
    written = number.lower()
    for at, mark in marks:
        written = written[:at] + mark + written[at:]
    listed = ListedDocument.of("pd", "d<<", written)
    assert listed == ListedDocument.of("P<", "D", number)
    assert KEY.document_digest(listed) == KEY.document_digest(ListedDocument.of("P", "D", number))


@given(*(2 * [st.tuples(st.sampled_from("PVI"), st.sampled_from(["D", "BGD", "UTO"]), NUMBERS)]))
def test_two_documents_have_two_digests(
    left: tuple[str, str, str], right: tuple[str, str, str]
) -> None:
    same = left == right
    digests = [KEY.document_digest(ListedDocument.of(*each)) for each in (left, right)]
    assert (digests[0] == digests[1]) == same


def test_every_card_is_of_one_kind() -> None:
    """9303-5 §4.2.2.1 leaves the letter to the State."""
    assert len({ListedDocument.of(code, "FRA", "X1") for code in ("ID", "I<", "AC", "C")}) == 1
    assert ListedDocument.of("V", "FRA", "X1") != ListedDocument.of("I", "FRA", "X1")


def test_a_number_is_in_no_message_and_no_repr() -> None:
    assert "A0123456" not in repr(row("A0123456"))
    with pytest.raises(ListRefused) as refused:
        ListedDocument.of("P", "BGD", "A0123456\x00")
    assert "A0123456" not in str(refused.value)
