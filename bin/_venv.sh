# Sourced by bin/run, bin/manage and bin/test: `use_venv base|dev` makes $VENV hold exactly that lock, quickly when it does.

VENV="${CRP_VENV:-$PWD/.venv}"

die() {
    echo "$*" >&2
    exit 1
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    die "CRP needs Python 3.11 or newer; $("${PYTHON:-python3}" --version 2>/dev/null || echo 'there is no python3') here. Point PYTHON to one."
}

lock_hash() {
    "$VENV/bin/python" -c 'import hashlib, sys; print(hashlib.sha256((sys.version + open(sys.argv[1]).read()).encode()).hexdigest())' \
        "requirements/$1.txt"
}

use_venv() {
    local python name
    if ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
        python="$(find_python)" || exit 1
        echo "Making the virtual environment …"
        "$python" -m venv --clear "$VENV" >/dev/null 2>&1 ||
            die "$python cannot make a virtual environment; on Debian: apt-get install python3-venv"
    fi
    if [ "$(cat "$VENV/.crp-$1" 2>/dev/null)" != "$(lock_hash "$1")" ]; then
        echo "Installing requirements/$1.txt …"
        "$VENV/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "requirements/$1.txt" ||
            die "The packages of requirements/$1.txt cannot be installed."
        lock_hash "$1" >"$VENV/.crp-$1"
        # The development lock holds the other one.
        if [ "$1" = dev ]; then lock_hash base >"$VENV/.crp-base"; fi
    fi
    export PYTHONPATH="$PWD"
}
