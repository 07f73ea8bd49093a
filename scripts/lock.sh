#!/usr/bin/env bash
# Writes requirements.txt: everything that requirements.in brings into a clean environment.
# Run it with the oldest supported Python (3.11): what only older versions need installs everywhere.
set -euo pipefail
cd "$(dirname "$0")/.."

clean=$(mktemp -d)
trap 'rm -rf "$clean"' EXIT
"${PYTHON:-python3}" -m venv "$clean/venv"
"$clean/venv/bin/python" -m pip install -q -r requirements.in
"$clean/venv/bin/python" -m pip check
{
    echo "# Full lock of requirements.in, transitive packages too. Do not edit: make lock"
    # A local version such as torch==2.13.0+cpu exists on one index only, so its suffix goes.
    "$clean/venv/bin/python" -m pip freeze --all | grep -v '^pip==' | sed 's/+[a-z0-9.]*$//'
    grep ';' requirements.in
} >"$clean/requirements.txt"
mv "$clean/requirements.txt" requirements.txt
