#!/bin/sh
# Install Debian packages, only those that are missing.
#
#   sh tools/provision.sh venv PYTHON   what `PYTHON -m venv` needs
#   sh tools/provision.sh test          what the tests need: git, GDAL, a browser, Chinese fonts, PostGIS
#
# Elsewhere than on Debian and its kin it says what is needed and goes on: the tests that miss
# something say so themselves.
set -eu

say() { printf 'provision: %s\n' "$*" >&2; }

has_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The newest PostgreSQL server on this machine as its major version, or nothing.
server_major() {
    for program in /usr/lib/postgresql/*/bin/initdb; do
        [ -x "$program" ] || continue
        major=${program#/usr/lib/postgresql/}
        echo "${major%%/*}"
    done | sort -n | tail -n 1
}

# The needs, one a line: a need is met, or is a list of package names of which any one will do.
# Names differ between releases (postgresql-15-postgis-3, postgresql-17-postgis-3), hence the lists.
missing() {
    case $1 in
    venv)
        "$2" -c 'import ensurepip, venv' 2>/dev/null && return
        version=$("$2" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "python$version-venv python3-venv"
        ;;
    test)
        command -v git >/dev/null || echo git
        command -v ogr2ogr >/dev/null || echo gdal-bin
        command -v chromium >/dev/null || echo chromium chromium-browser
        command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || echo nginx-light nginx
        has_installed fonts-noto-cjk || echo fonts-noto-cjk
        major=$(server_major)
        [ -n "$major" ] || echo postgresql
        if [ -z "$major" ] || [ ! -e "/usr/share/postgresql/$major/extension/postgis.control" ]; then
            echo "${major:+postgresql-$major-postgis-3} postgresql-postgis"
        fi
        ;;
    *)
        say "unknown set '$1': expected venv or test"
        exit 2
        ;;
    esac
}

# Run a command as root: directly, or through sudo, which may ask only when somebody can answer.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# Print the first of the given packages this release offers, or the first name so that apt names it.
offered() {
    for name in "$@"; do
        if apt-cache policy "$name" 2>/dev/null | grep -q 'Candidate: [^(]'; then
            echo "$name"
            return
        fi
    done
    echo "$1"
}

# PostgreSQL's package starts a server at once; the tests start their own and need no other.
# A policy of the machine's own is respected and left alone.
policy=/usr/sbin/policy-rc.d
hold_services() {
    if [ ! -e "$policy" ]; then
        trap 'as_root rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
}

install_packages() {
    as_root apt-get -qq update || say "apt-get update reported errors; trying the lists there are"
    names=
    while read -r need; do
        # The need is a list of names: splitting is meant.
        # shellcheck disable=SC2086
        names="$names $(offered $need)"
    done <<NEEDS
$needs
NEEDS
    say "installing:$names"
    case $names in *postgresql*) hold_services ;; esac
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $names </dev/null
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: no packages are installed here."
    say "The tests use git, GDAL's ogr2ogr, Chromium, the Noto CJK fonts and PostgreSQL with PostGIS; install them as this system does."
    exit 0
fi

needs=$(missing "$@")
if [ -z "$needs" ]; then
    exit 0
fi
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    say "missing, and neither root nor sudo is at hand. As root, run:"
    say "  apt-get install $(echo "$needs" | while read -r first _; do printf '%s ' "$first"; done)"
    exit 1
fi
install_packages
