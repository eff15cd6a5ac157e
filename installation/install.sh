#!/usr/bin/env bash
# Installs what lies beside this file on a Debian 12; docs/installation.md tells the whole way.
#   ./install.sh gate [--display]   a lane; with the traveller's display on the machine's screen
#   ./install.sh central            the centre
#   ./install.sh console            the officers' console of a hall
#   ./install.sh update             this version beside the one that runs; back if it does not start
#   ./install.sh rollback           back to the version before
# Each may be called again. Settings and state are never touched, nor what was edited.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
opt=/opt/egate etc=/etc/egate state=/var/lib/egate units=/etc/systemd/system
kept=3

say() { printf 'install: %s\n' "$*"; }

fail() { printf 'install: %s\n' "$*" >&2; exit "${code:-1}"; }

packages() {
    local wanted=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || wanted+=("$package")
    done
    [ ${#wanted[@]} -gt 0 ] || return 0
    say "installing Debian's ${wanted[*]}"
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${wanted[@]}" >/dev/null
}

whole() {
    [ -f "$here/SHA256SUMS" ] || code=2 fail "$here is no release: SHA256SUMS is missing"
    (cd "$here" && sha256sum --quiet --check SHA256SUMS) || code=2 fail "the release is not whole: fetch it again"
}

# The version lies in a folder of its own, and is used only when all of it is there.
program() {
    version=$(cat "$here/VERSION")
    [ ! -f "$opt/$version/.whole" ] || return 0
    say "installing version $version into $opt/$version"
    rm -rf "${opt:?}/$version"
    mkdir -p "$opt"
    python3 -m venv "$opt/$version"
    "$opt/$version/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
        "$here"/wheels/*.whl
    mkdir -p "$opt/$version/share/doc"
    cp -r "$here/docs" "$opt/$version/share/doc/egate"
    cp -r "$here/config" "$opt/$version/share/config"
    cp "$here/sbom.cdx.json" "$here/LICENSE" "$here/NOTICE" "$opt/$version/share"
    touch "$opt/$version/.whole"
}

# The version that a link such as "current" leads to; nothing if there is no such link.
led_to() { [ ! -L "$opt/$1" ] || basename "$(readlink "$opt/$1")"; }

use() {
    local before
    before=$(led_to current)
    [ "$before" != "$1" ] || return 0
    [ -z "$before" ] || ln -sfn "$opt/$before" "$opt/previous"
    ln -sfn "$opt/$1" "$opt/current.new"
    mv -T "$opt/current.new" "$opt/current"  # at once: there is always one
}

account() {
    getent passwd "$1" >/dev/null || useradd --system --user-group --no-create-home --home-dir /nonexistent "$1"
}

# A folder, and its owner: made if it is not there, and left as it is if it is.
folder() { [ -d "$1" ] || install -d -m "$2" -o "$3" -g "$3" "$1"; }

settings() {
    local file
    install -d -m 755 "$etc"
    for file in "$@"; do
        [ -e "$etc/$file" ] || install -m 644 "$here/config/$file" "$etc/$file"
    done
}

unit() { install -m 644 "$here/config/systemd/$1.service" "$units/$1.service"; }

enable() {
    systemctl daemon-reload
    systemctl enable --quiet "$@"
}

role() {
    local name=$1 user=egate-$1
    whole
    packages python3 python3-venv ca-certificates
    account "$user"
    program
    use "$version"
    ln -sfn "$opt/current/bin/egate" /usr/local/bin/egate
    install -d -m 755 "$state"
    folder "$state/$name" 700 "$user"
    unit "$user"
}

gate() {
    role gate
    packages pcscd libccid libpcsclite1 pcsc-tools
    usermod --append --groups dialout,video egate-gate
    folder "$state/gate/tls" 700 egate-gate
    settings gate.toml policy.toml authorisation_rules.toml
    folder "$etc/gate-secrets" 700 egate-gate
    enable egate-gate
    [ "${1:-}" != --display ] || display
    say "now edit $etc/gate.toml; egate doctor --config $etc/gate.toml says what is still lacking"
    say "then: systemctl start egate-gate"
}

display() {
    packages chromium cage curl fonts-noto-core
    account egate-display
    unit egate-display
    enable egate-display
}

central() {
    role central
    settings central.toml agreement.toml authorisation_rules.toml
    folder "$etc/centre-secrets" 700 egate-central
    folder "$state/central-backups" 700 egate-central
    unit egate-central-backup
    install -m 644 "$here/config/systemd/egate-central-backup.timer" "$units"
    enable egate-central egate-central-backup.timer
    say "now edit $etc/central.toml, and make its authority:"
    say "    runuser -u egate-central -- egate central authority --config $etc/central.toml --name SITE"
    say "then: systemctl start egate-central"
}

console() {
    role console
    folder "$state/console/tls" 700 egate-console
    settings console.toml reason_codes.toml
    enable egate-console
    say "now edit $etc/console.toml, make the first supervisors (egate console officer add)"
    say "then: systemctl start egate-console"
}

installed() {
    local name
    for name in egate-central egate-gate egate-console; do
        [ ! -f "$units/$name.service" ] || printf '%s\n' "$name"
    done
}

# A unit of Type=notify has started when the service says that it serves.
restarted() {
    local name
    systemctl daemon-reload
    for name in $(installed); do
        systemctl is-enabled --quiet "$name" || continue
        systemctl restart "$name" || { say "$name does not start with $(led_to current)"; return 1; }
        systemctl is-active --quiet "$name" || { say "$name did not stay up with $(led_to current)"; return 1; }
    done
}

placed() {
    local name
    for name in $(installed) egate-display egate-central-backup; do
        [ ! -f "$units/$name.service" ] ||
            install -m 644 "$opt/current/share/config/systemd/$name.service" "$units/$name.service"
    done
}

update() {
    local before earlier
    whole
    before=$(led_to current) earlier=$(led_to previous)
    [ -n "$before" ] || code=2 fail "nothing is installed here: call it with gate, central or console"
    program
    [ "$before" != "$version" ] || { say "version $version is in use already"; return 0; }
    say "from $before to $version"
    use "$version"
    placed
    if restarted; then
        say "version $version is in use"
        forget
        return 0
    fi
    use "$before"
    if [ -n "$earlier" ]; then ln -sfn "$opt/$earlier" "$opt/previous"; else rm -f "$opt/previous"; fi
    placed
    restarted || fail "version $before does not start either: journalctl -u 'egate-*'"
    fail "version $version does not start here; $before is in use again"
}

rollback() {
    local before
    before=$(led_to previous)
    [ -n "$before" ] && [ -f "$opt/$before/.whole" ] || code=2 fail "there is no version before this one"
    use "$before"
    placed
    restarted || fail "version $before does not start"
    say "version $before is in use"
}

# The one in use, the one before, and the newest others up to three.
forget() {
    local one
    ls -1dt "$opt"/*/ | tail -n "+$((kept + 1))" | while read -r one; do
        one=$(basename "$one")
        case $one in current | previous) continue ;; esac
        [ "$one" = "$(led_to current)" ] || [ "$one" = "$(led_to previous)" ] || rm -rf "${opt:?}/$one"
    done
}

[ "$(id -u)" = 0 ] || code=2 fail "only root can install"
case ${1:-} in
    gate) gate "${2:-}" ;;
    central) central ;;
    console) console ;;
    update) update ;;
    rollback) rollback ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
