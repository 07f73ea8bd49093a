#!/usr/bin/env bash
# Makes sure that the browser tests have a Chromium, its driver and Vietnamese-capable fonts.
# Succeeds when all are there; says in Vietnamese what is missing when they cannot be had.
set -euo pipefail

has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_fonts() { command -v fc-list && [ -n "$(fc-list :lang=vi)" ]; }

missing=()
has_browser >/dev/null || missing+=(chromium)
command -v chromedriver >/dev/null || missing+=(chromium-driver)
has_fonts >/dev/null || missing+=(fontconfig fonts-dejavu)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
    echo "Đang cài cho kiểm thử trình duyệt: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
    has_browser >/dev/null && command -v chromedriver >/dev/null && exit 0
fi

echo "Kiểm thử trình duyệt sẽ không chạy: máy này thiếu ${missing[*]} và không cài được tự động."
echo "Trên Debian, hãy chạy: sudo apt-get install ${missing[*]}"
exit 1
