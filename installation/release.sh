#!/usr/bin/env bash
# Makes dist/egate-VERSION-ARCH.tar.gz: everything that a machine without a network needs besides
# Debian's own packages. Every Python package is one of the locks, by its hash.
#   installation/release.sh [FOLDER]      default dist
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-dist}
python=${PYTHON:-.venv/bin/python}
version=$("$python" -c 'import egate; print(egate.__version__)')
name=egate-$version-$(uname -m)
staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
root=$staged/$name
mkdir -p "$root/wheels" "$folder"

pip() { "$python" -m pip --quiet --disable-pip-version-check "$@" 2> >(grep -v '^WARNING: Location' >&2); }

say() { printf 'release: %s\n' "$*"; }

say "fetching the packages of the locks"
pip download --require-hashes --only-binary :all: --dest "$root/wheels" -r requirements/runtime.lock
pip download --require-hashes --only-binary :all: --no-deps --dest "$root/wheels" -r requirements/pkcs11.lock
say "building pyscard and the project itself"
pip wheel --require-hashes --no-deps --no-build-isolation --wheel-dir "$root/wheels" -r requirements/pcsc.lock
pip wheel --no-deps --no-build-isolation --wheel-dir "$root/wheels" .
cp installation/install.sh requirements/sbom.cdx.json LICENSE NOTICE "$root"
cp -r config docs "$root"
rm -rf "$root/docs/decisions"
(cd "$root" && printf '%s\n' "$version" >VERSION && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
tar -C "$staged" --sort=name --owner=0 --group=0 --numeric-owner -czf "$folder/$name.tar.gz" "$name"
say "$folder/$name.tar.gz ($(du -h "$folder/$name.tar.gz" | cut -f1))"
