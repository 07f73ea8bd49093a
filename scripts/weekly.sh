#!/usr/bin/env bash
# Tries the course against the newest releases: requirements.in without its pins, newest that resolve.
#   scripts/weekly.sh FOLDER [make targets…]
# Works on a clone of HEAD in FOLDER; leaves FOLDER/report.md, and a log for each target that was run.
# Exits 1 when something breaks. Its title is the same as long as the same things are broken.
set -uo pipefail
unset MAKELEVEL MAKEFLAGS MFLAGS  # the checks run by themselves, even when a make started this

source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${1:?usage: scripts/weekly.sh FOLDER [make targets…]}
shift
[ $# -gt 0 ] || set -- test-style test-units test-notebooks test-assignments book test-book \
    test-long test-whole test-colab links
mkdir -p "$folder/logs" && folder=$(cd "$folder" && pwd) || exit 1
course=$folder/course

# Jupyter Book 2 is another program, not a newer release of this one; what other systems need stays
# pinned, because it is not installed here; the rest moves freely.
unpin() {
    sed -i -E '/^#|;/! s/==.*//; s/^jupyter-book$/jupyter-book<2/' requirements.in
}

# The pins that were just resolved go back into requirements.in, so that both files agree again.
repin() {
    "${PYTHON:-python3}" - <<'PYTHON'
import re
from pathlib import Path

def name(line):
    return re.match(r"[\w.-]+", line)[0].lower().replace("_", "-")

def direct(line):
    return line if line.startswith("#") or "==" in line else found[name(line)]

lock = Path("requirements.txt").read_text("utf-8").splitlines()
pins = [line for line in lock if not line.startswith("#") and ";" not in line]
found = {name(line): f"{name(line)}=={line.split('==')[1]}" for line in pins}
path = Path("requirements.in")
path.write_text("\n".join(map(direct, path.read_text("utf-8").splitlines())) + "\n", "utf-8")
PYTHON
}

newest() {
    unpin && scripts/lock.sh && repin && git diff --unified=0 requirements.in >"$folder/newest.diff"
}

broken=()
attempt() {
    local target=$1
    shift
    echo "$target…"
    if ! "$@" >"$folder/logs/$target.log" 2>&1; then
        broken+=("$target")
        tail -n 15 "$folder/logs/$target.log"
    fi
}

git clone --quiet "$source" "$course" && cd "$course" || exit 1
attempt newest newest
if [ ${#broken[@]} -eq 0 ]; then
    for target in "$@"; do attempt "$target" make "$target"; done
fi

{
    if [ ${#broken[@]} -eq 0 ]; then
        echo "# Chạy hằng tuần: mọi việc đều đạt"
    else
        echo "# Chạy hằng tuần: hỏng ${broken[*]}"
    fi
    echo
    echo "Đã chạy với bản mới nhất của từng gói: \`newest $*\`."
    for target in "${broken[@]}"; do
        printf '\n## %s\n\n~~~\n' "$target"
        tail -n 40 "$folder/logs/$target.log" | tail -c 6000
        echo '~~~'
    done
    if [ -s "$folder/newest.diff" ]; then
        printf '\n## Các bản đã đổi so với bản ghim\n\n~~~diff\n'
        grep -E '^[-+][a-zA-Z]' "$folder/newest.diff"
        echo '~~~'
    fi
} >"$folder/report.md"
[ ${#broken[@]} -eq 0 ]
