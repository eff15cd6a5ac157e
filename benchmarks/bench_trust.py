"""Master lists into the trust store, opening it, and passive authentication of documents.

Beside it OpenSSL on the same files in the same run, on what it can verify: as a command
(``openssl verify``, ``openssl cms -verify``, its start measured apart) and as ``X509_verify``
of libcrypto called in this process, which does nothing but read and verify.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from egate.cli.clock import now_utc
from egate.emrtd import asn1
from egate.emrtd.lds.sod import unwrap
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.trust.audit import Occasion
from egate.trust.importing import TrustImport
from egate.trust.store import TrustStore, update
from tests.trust_data import LISTS, read_certificate, read_master_list
from tests.trust_engines import OPENSSL, Signed, by_libcrypto, pairs_of, pem

ROOT = Path(__file__).resolve().parent.parent
TRUST = Path(os.environ.get("EGATE_SHARED_DATA", ROOT.parent / "shared" / "data")) / "trust"
ANCHOR = TRUST / "certs" / "DE_ROOT_CA_CSCA07.cer"
GERMAN = TRUST / "masterlists" / LISTS[0]
EGATE = (sys.executable, "-m", "egate.cli")
RUNS = 3
ROUNDS = 30
LISTED = 588
IMPORT_AIM_S, VERIFY_AIM_MS, OPEN_AIM_MS = 3.0, 15.0, 100.0
# Genuine documents whose CSCA is in the lists, and a day when both were valid.
DAYS = {"nz": "2012-01-01", "si": "2015-01-01"}
STATES = ("cn", "de_sod_14", "fi", "nz", "ru", "si", "us")


def main() -> None:
    if not GERMAN.is_file() or OPENSSL is None:
        raise SystemExit(f"{GERMAN} or openssl is not there")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        imports(work)
        opening(work)
        verification(work)


def imports(work: Path) -> None:
    """The German list as it is, and a list of 588: the rest from ICAO's, without a signature."""
    german = read_master_list(GERMAN)
    others = read_master_list(TRUST / "masterlists" / LISTS[1])
    more = [each for each in others if each.raw not in {every.raw for every in german}]
    longer = [*german, *more][:LISTED]
    bare = work / "bare.ml"
    bare.write_bytes(bare_list(longer))
    for name, certificates, words in (
        (f"signed list of {len(german)}", german, ("--anchor", str(ANCHOR), str(GERMAN))),
        (f"bare list of {len(longer)}", longer, ("--accept-unanchored", str(bare))),
    ):
        pairs = list(pairs_of(certificates))
        lone, done = openssl_verify(work, certificates)
        taken = seconds(lambda words=words: run_import(work, words))
        show(
            f"trust import, {name}: command",
            taken,
            "s",
            reference=f"openssl verify of {done} of them: {lone:.2f} s",
            ratio=taken / lone,
            note=f"aim {IMPORT_AIM_S:g} s; {len(pairs)} signatures, their issuers are in the list",
        )
        alone = seconds(lambda pairs=pairs: verify_all(pairs))
        within = seconds(lambda words=words: import_here(work, words))
        show(
            f"trust import, {name}: in process",
            within,
            "s",
            reference=f"X509_verify of the {len(pairs)}: {alone:.2f} s",
            ratio=within / alone,
            note="a new store each time, written and synchronised",
        )


def bare_list(certificates: Sequence[Certificate]) -> bytes:
    listed = asn1.encode(asn1.SET, b"".join(each.raw for each in certificates))
    return asn1.encode(asn1.SEQUENCE, asn1.encode(asn1.INTEGER, b"\x00") + listed)


def run_import(work: Path, words: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory(dir=work) as store:
        command = (*EGATE, "trust", "import", "--json", "--store", store, *words)
        ended = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        if json.loads(ended.stdout)["rejected"]:
            raise SystemExit("the list was not taken as a whole")


def import_here(work: Path, words: Sequence[str]) -> None:
    file = Path(words[-1])
    anchors = [read_certificate(ANCHOR)] if "--anchor" in words else []
    with tempfile.TemporaryDirectory(dir=work) as store, update(Path(store)) as change:
        taking = TrustImport(
            change,
            occasion=Occasion(now_utc()),
            anchors=anchors,
            accept_unanchored=not anchors,
        )
        taking.add_files([(file.name, file.read_bytes())])
        change.commit()


def verify_all(pairs: Sequence[Signed]) -> None:
    if not all(map(by_libcrypto, pairs)):
        raise SystemExit("libcrypto verifies less than it did")


def openssl_verify(work: Path, certificates: Sequence[Certificate]) -> tuple[float, int]:
    """One process for the list: seconds, and how many it verifies; dates and purposes left out."""
    trusted = work / "trusted.pem"
    trusted.write_bytes(b"".join(map(pem, filter(Certificate.is_self_signed, certificates))))
    files = []
    for number, each in enumerate(certificates):
        files.append(work / f"{number}.pem")
        files[-1].write_bytes(pem(each))
    command = [str(OPENSSL), "verify", "-no_check_time", "-partial_chain", "-check_ss_sig"]
    command += ["-trusted", str(trusted), *map(str, files)]

    said: list[bytes] = []
    taken = seconds(lambda: said.append(run(command).stdout))
    return taken, said[-1].count(b": OK\n")


def opening(work: Path) -> None:
    store = work / "store"
    lists = [str(TRUST / "masterlists" / name) for name in LISTS]
    lists += map(str, sorted((TRUST / "crls").iterdir()))
    command = (*EGATE, "trust", "import", "--json", "--store", str(store), "--anchor", str(ANCHOR))
    subprocess.run((*command, *lists), check=True, capture_output=True, cwd=ROOT)
    taken = 1e3 * seconds(lambda: TrustStore.open(store))
    show(
        "trust store opened",
        taken,
        "ms",
        reference=f"aim {OPEN_AIM_MS:g} ms",
        ratio=taken / OPEN_AIM_MS,
        note=f"{len(TrustStore.open(store))} things of three lists and three CRLs",
    )


def verification(work: Path) -> None:
    """Documents in turn through ``egate pa verify --jsonl``, each asked after the last answer."""
    files = [next((TRUST / "sods").glob(f"{state}*")) for state in STATES]
    requests = [{"sod": str(file), "at": DAYS.get(file.name[:2], "2024-01-01")} for file in files]
    command = (*EGATE, "pa", "verify", "--jsonl", "--store", str(work / "store"))
    first: list[float] = []
    later: list[float] = []
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as service:
        ask(service, {"sod": str(files[0]), "at": "2000-01-01"})  # the start is over
        for number in range(ROUNDS + 1):
            for request in requests:
                (later if number else first).append(ask(service, request))
    alone, done = openssl_cms(work, files)
    middle, slowest = statistics.median(later), sorted(later)[len(later) * 99 // 100]
    start = 1e3 * seconds(lambda: run((str(OPENSSL), "version")))
    show(
        "pa verify, a document of a stream",
        middle,
        "ms",
        reference=f"openssl cms -verify of {done} of {len(files)}: {alone:.2f} ms",
        ratio=middle / alone,
        note=f"aim {VERIFY_AIM_MS:g} ms; 99 of 100 below {slowest:.1f} ms;"
        f" {start:.1f} ms of openssl's are its start",
    )
    show(
        "pa verify, the first of each State",
        statistics.median(first),
        "ms",
        reference=f"aim {VERIFY_AIM_MS:g} ms",
        ratio=statistics.median(first) / VERIFY_AIM_MS,
        note=f"its certificates are read; the slowest {max(first):.1f} ms",
    )


def ask(service: "subprocess.Popen[str]", request: dict[str, str]) -> float:
    """Return the milliseconds to the answer; chain and signature must stand."""
    if service.stdin is None or service.stdout is None:
        raise SystemExit("no pipes")
    began = time.perf_counter()
    service.stdin.write(json.dumps(request) + "\n")
    service.stdin.flush()
    answer = json.loads(service.stdout.readline())
    taken = 1e3 * (time.perf_counter() - began)
    checks = {each["check_id"]: each["result"] for each in answer["checks"]}
    for name in ("SOD_SIGNATURE", "CERTIFICATE_PATH"):
        if checks[f"ELECTRONIC.PA.{name}"] != "successful":
            raise SystemExit(f"{request['sod']}: {name} does not stand")
    return taken


def openssl_cms(work: Path, files: Sequence[Path]) -> tuple[float, int]:
    """Median milliseconds of a run, and how many documents it verifies with their chain.

    Each run is given the CSCAs of the document's State alone: it reads all that it is given.
    """
    store = TrustStore.open(work / "store")
    taken = []
    for file in files:
        document, cscas = work / file.name, work / f"{file.name}.pem"
        document.write_bytes(unwrap(file.read_bytes()).raw)
        cscas.write_bytes(b"".join(map(pem, store.cscas_of(file.name[:2].upper()))))
        command = [str(OPENSSL), "cms", "-verify", "-inform", "DER", "-in", str(document)]
        command += ["-no_check_time", "-partial_chain", "-purpose", "any"]
        command += ["-CAfile", str(cscas), "-out", os.devnull]
        if run(command).returncode == 0:
            taken.append(seconds(lambda command=command: run(command)))
    return 1e3 * statistics.median(taken), len(taken)


def run(command: Sequence[str]) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(command, check=False, capture_output=True)


def seconds(work: Callable[[], object]) -> float:
    """Return the median wall time."""
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def show(name: str, value: float, unit: str, **more: object) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, **more}))


if __name__ == "__main__":
    main()
