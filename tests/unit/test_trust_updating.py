"""Updates in the field from a folder: what is taken, what is refused, and what is left alone."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from egate.trust.audit import Occasion
from egate.trust.entry import Kind
from egate.trust.importing import TrustImport
from egate.trust.source import FolderSource, Limits, SourceUnavailable, source_at
from egate.trust.store import TrustStore, history_of, update
from egate.trust.updating import TrustUpdate, UpdateFailed, update_from
from tests.trust_forge import NOW, Forge, key
from tests.trust_taking import BD, CSCA, IN

DAY = timedelta(days=1)


class Field:
    """A store that trusts BD, and a folder that is looked into."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        self.source = folder / "source"
        self.source.mkdir()
        self.take(CSCA.raw, anchored=True)

    def take(self, content: bytes, *, anchored: bool) -> None:
        with update(self.store) as store:
            importing = TrustImport(
                store,
                occasion=Occasion(NOW),
                anchors=(CSCA,) if anchored else (),
                accept_unanchored=not anchored,
            )
            importing.add_files([("by hand", content)])
            store.commit()

    def offer(self, name: str, content: bytes) -> None:
        (self.source / name).write_bytes(content)

    async def round(self, limits: Limits | None = None) -> TrustUpdate:
        return await update_from(self.store, source_at(str(self.source), limits=limits), NOW)

    @property
    def trusted(self) -> TrustStore:
        return TrustStore.open(self.store)


@pytest.fixture
def field(tmp_path: Path) -> Field:
    return Field(tmp_path)


async def test_what_chains_is_taken_once(field: Field) -> None:
    field.offer("bd.crl", BD.crl().raw)
    done = await field.round()
    assert (done.offered, done.read) == (1, ("bd.crl",))
    assert done.report.imported == {Kind.CRL: 1}
    assert done.version == field.trusted.version
    assert not done.refused
    again = await field.round()
    assert (again.offered, again.read, again.version) == (1, (), done.version)
    assert len(history_of(field.store)) == 2


async def test_a_file_that_was_only_touched_is_not_imported_again(field: Field) -> None:
    field.offer("bd.crl", BD.crl().raw)
    await field.round()
    os.utime(field.source / "bd.crl", (1, 1))
    assert (await field.round()).read == ()


async def test_a_newer_file_of_the_same_name_is_taken(field: Field) -> None:
    field.offer("bd.crl", BD.crl([1]).raw)
    await field.round()
    field.offer("bd.crl", BD.crl([1, 2], days=(0, 60)).raw)
    assert (await field.round()).report.imported == {Kind.CRL: 1}


async def test_files_of_one_round_believe_one_another(field: Field) -> None:
    new = Forge(csca_key=key("new"))
    field.offer("a.crl", new.crl().raw)
    field.offer("b.cer", new.csca().raw)
    field.offer("c.cer", BD.link(key("new")).raw)
    done = await field.round()
    assert done.report.imported == {Kind.CRL: 1, Kind.CSCA: 1, Kind.LINK: 1}


async def test_nothing_unanchored_comes_from_the_field(field: Field) -> None:
    field.take(IN.csca().raw, anchored=False)  # on an operator's word, by hand
    before = field.trusted.version
    field.offer("in.crl", IN.crl().raw)
    field.offer("in.cer", IN.link(key("new indian")).raw)
    field.offer("ds.cer", IN.signer().certificate.raw)
    field.offer("self.cer", Forge(csca_key=key("stranger")).csca().raw)
    done = await field.round()
    assert set(done.refused) == {"in.crl", "in.cer", "ds.cer", "self.cer"}
    assert set(done.refused.values()) == {"chains to no trusted CSCA"}
    assert field.trusted.version == before == done.version
    assert len(history_of(field.store)) == 2  # what changed nothing is no version and no event


async def test_a_refusal_is_told_until_the_file_is_gone_or_believed(field: Field) -> None:
    field.offer("in.crl", IN.crl().raw)
    assert (await field.round()).refused
    second = await field.round()
    assert (second.read, list(second.refused)) == ((), ["in.crl"])
    with update(field.store) as store:
        importing = TrustImport(store, occasion=Occasion(NOW), anchors=(IN.csca(),))
        importing.add_files([("india", IN.csca().raw)])
        store.commit()
    third = await field.round()
    assert (third.read, third.refused) == (("in.crl",), {})
    assert third.report.imported == {Kind.CRL: 1}
    field.offer("junk", b"junk")
    assert (await field.round()).refused
    (field.source / "junk").unlink()
    assert not (await field.round()).refused


async def test_junk_beside_a_good_file_hinders_it_not(field: Field) -> None:
    field.offer("junk", b"\x30\x80" * 1000)
    field.offer("bd.crl", BD.crl().raw)
    done = await field.round()
    assert list(done.refused) == ["junk"]
    assert done.report.imported == {Kind.CRL: 1}


async def test_a_file_that_breaks_the_import_is_found_and_the_others_taken(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = TrustImport.add_files

    def fragile(importing: TrustImport, files: list[tuple[str, bytes]]) -> object:
        if "poison" in dict(files):
            raise RecursionError("nobody foresaw this")
        return add(importing, files)

    monkeypatch.setattr(TrustImport, "add_files", fragile)
    field.offer("bd.crl", BD.crl().raw)
    field.offer("poison", BD.crl([5], days=(0, 9)).raw)
    done = await field.round()
    assert done.refused == {"poison": "the import broke off: RecursionError"}
    assert done.report.imported == {Kind.CRL: 1}


async def test_what_is_not_whole_yet_is_left_alone(field: Field) -> None:
    field.offer("bd.crl.part", b"half of")
    field.offer(".bd.crl", b"half of")
    (field.source / "folder").mkdir()
    os.mkfifo(field.source / "pipe")
    done = await field.round()
    assert (done.offered, done.refused) == (0, {})


@pytest.mark.parametrize(
    "limits", [Limits(file_bytes=100), Limits(round_bytes=100), Limits(files=1)]
)
async def test_more_than_the_limits_changes_nothing(field: Field, limits: Limits) -> None:
    before = field.trusted.version
    field.offer("bd.crl", BD.crl().raw)
    field.offer("other.crl", BD.crl([7]).raw)
    with pytest.raises(SourceUnavailable, match="more than"):
        await field.round(limits)
    assert field.trusted.version == before


async def test_a_folder_that_is_not_there(field: Field, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="No such file"):
        await update_from(field.store, FolderSource(tmp_path / "none", Limits()), NOW)


async def test_a_store_in_use_or_damaged_is_left_as_it_is(field: Field) -> None:
    field.offer("bd.crl", BD.crl().raw)
    with update(field.store), pytest.raises(UpdateFailed, match="another import is running"):
        await field.round()
    assert (await field.round()).read == ("bd.crl",)
    (field.store / "trust.sqlite3").write_bytes(b"damaged")
    with pytest.raises(UpdateFailed, match="cannot be read"):
        await field.round()
    assert (field.store / "trust.sqlite3").read_bytes() == b"damaged"


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"address": 1}', '{"files": {"a": 1}}'])
async def test_a_memory_that_is_lost_costs_time_only(field: Field, kept: str) -> None:
    field.offer("bd.crl", BD.crl().raw)
    done = await field.round()
    (field.store / "updates.json").write_text(kept)
    again = await field.round()
    assert again.read == ("bd.crl",)
    assert again.report.unchanged == 1
    assert again.version == done.version


async def test_another_source_is_read_from_its_beginning(field: Field, tmp_path: Path) -> None:
    field.offer("bd.crl", BD.crl().raw)
    await field.round()
    field.source.rename(tmp_path / "moved")
    field.source = tmp_path / "moved"
    assert (await field.round()).read == ("bd.crl",)
