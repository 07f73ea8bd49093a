#!/usr/bin/env bash
# Fetches axe-core, which checks the pages for accessibility, into the folder given. The wheel is
# taken for the one script that it carries: Playwright, which it would bring along, is left out.
set -euo pipefail
folder=$1
python=$2

[ -f "$folder/axe.min.js" ] && exit 0
mkdir -p "$folder"
requirement=$(mktemp)
wheel=$(mktemp -d)
trap 'rm -rf "$requirement" "$wheel"' EXIT
echo "axe-playwright-python==0.1.8 --hash=sha256:fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8" >"$requirement"
if ! "$python" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
    --target "$wheel" -r "$requirement"; then
    echo "Không tải được axe-core: các phép thử về khả năng tiếp cận sẽ không chạy." >&2
    exit 1
fi
cp "$wheel/axe_playwright_python/axe.min.js" "$folder/axe.min.js"
