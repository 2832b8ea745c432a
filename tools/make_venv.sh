#!/bin/sh
# Make the virtual environment FOLDER with the first Python 3.11 or newer found ($PYTHON is tried first).
#
#   sh tools/make_venv.sh FOLDER
set -eu

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "geoplan needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3 …" >&2
    return 1
}

python=$(find_python)
# Debian ships Python without the part that makes environments.
"$python" -c 'import ensurepip, venv' 2>/dev/null || sh "$(dirname "$0")/provision.sh" venv "$python"
"$python" -m venv "$1"
