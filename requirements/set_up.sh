#!/usr/bin/env bash
# Makes .venv with the locked packages, and for tests the Debian packages where it may.
#   requirements/set_up.sh run    what the demo needs: Python packages only
#   requirements/set_up.sh test   everything that tests, benchmarks and checks need
# Idempotent and silent when nothing is to be done. What cannot be installed is named
# in one line with what it costs; with EGATE_REQUIRE_ALL=1 that ends the set-up.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:?run or test}
python=${PYTHON:-python3}
lacking=0

say() { printf 'set-up: %s\n' "$*"; }

cannot() { say "$*"; lacking=1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 1
    fi
}

debian_packages() {
    local wanted=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || wanted+=("$package")
    done
    [ ${#wanted[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || return 1
    say "installing the Debian packages ${wanted[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >/dev/null &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -q install -y --no-install-recommends "${wanted[@]}" >/dev/null
}

virtual_environment() {
    [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null && return
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        say "$python is not Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11 ..."
        exit 2
    fi
    say "making the virtual environment .venv"
    rm -rf .venv
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        debian_packages python3-venv && "$python" -m venv .venv || {
            say "$python has no venv module; install the Debian package python3-venv"
            exit 2
        }
    fi
}

# Installs one lock unless it is installed already; packages come with their hashes or not at all.
locked() {
    local lock=requirements/$1.lock stamp=.venv/.installed-$1 digest
    shift
    digest=$(sha256sum "$lock")
    [ "$(cat "$stamp" 2>/dev/null)" != "$digest" ] || return 0
    say "installing the Python packages of $lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes "$@" \
        -r "$lock" 2> >(grep -v '^WARNING: Location' >&2) || return 1
    printf '%s' "$digest" >"$stamp"
}

this_project() {
    [ -x .venv/bin/egate ] && return
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
        --no-build-isolation --editable . 2> >(grep -v '^WARNING: Location' >&2)
}

# Only one program of Debian's prometheus: the package itself would start a server.
promtool() {
    [ ! -x .venv/bin/promtool ] || return 0
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
    local folder
    folder=$(mktemp -d)
    say "fetching promtool from the Debian package prometheus"
    (cd "$folder" && { apt-get -q download prometheus ||
        { as_root apt-get -q update && apt-get -q download prometheus; }; } >/dev/null 2>&1) &&
        dpkg-deb --fsys-tarfile "$folder"/prometheus_*.deb |
        tar -xO ./usr/bin/promtool >"$folder/promtool" &&
        install -m 755 "$folder/promtool" .venv/bin/promtool
    local done=$?
    rm -rf "$folder"
    return $done
}

virtual_environment
locked runtime || { say "the Python packages could not be installed; nothing runs without them"; exit 2; }
this_project
[ "$purpose" = test ] || exit 0

locked dev || { say "the packages for tests could not be installed"; exit 2; }
locked evaluation ||
    cannot "no matplotlib: egate face evaluate writes det.csv but draws no det.png, and its test is skipped"
debian_packages gcc libc6-dev python3-dev swig libpcsclite-dev pkg-config &&
    locked pcsc --no-build-isolation ||
    cannot "no pyscard (needs gcc, swig, libpcsclite-dev): the PC/SC driver's tests are skipped"
debian_packages pcscd vsmartcard-vpcd ||
    cannot "no pcscd with vsmartcard-vpcd: the test of the whole PC/SC chain is skipped"
locked pkcs11 --no-deps ||
    cannot "no python-pkcs11: the tests of keys on tokens are skipped"
debian_packages softhsm2 opensc swtpm libtpm2-pkcs11-1 libtss2-tcti-swtpm0 ||
    cannot "no softhsm2, opensc, swtpm and libtpm2-pkcs11-1: the tests of keys on tokens are skipped"
debian_packages chromium chromium-driver fonts-noto-core ||
    cannot "no chromium with chromium-driver and Bangla fonts: the browser tests are skipped"
debian_packages systemd ||
    cannot "no systemd-analyze (in Debian's package systemd): the tests of the units are skipped"
promtool ||
    cannot "no promtool (in Debian's package prometheus): the tests of the alert rules are skipped"
if [ "$lacking" = 1 ] && [ "${EGATE_REQUIRE_ALL:-}" = 1 ]; then
    say "EGATE_REQUIRE_ALL=1 allows nothing to be lacking"
    exit 1
fi
