#!/usr/bin/env bash
# Makes sure that the browser tests have a Chromium, its driver and Vietnamese-capable fonts;
# with --print also the fonts of the PDF (DejaVu Sans Mono lacks half of the Vietnamese letters).
# Succeeds when all are there; says in Vietnamese what is missing when they cannot be had.
set -uo pipefail
print=${1:-}

look_for_missing() {
    missing=()
    command -v chromium || command -v chromium-browser || command -v google-chrome ||
        missing+=(chromium)
    command -v chromedriver || missing+=(chromium-driver)
    command -v fc-list && [ -n "$(fc-list :lang=vi)" ] || missing+=(fontconfig fonts-dejavu)
    [ "$print" = --print ] || return 0
    fc-list | grep Gentium || missing+=(fonts-sil-gentiumplus)
    fc-list | grep "Noto Sans Mono" || missing+=(fonts-noto-mono)
} >/dev/null

install_missing() {
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null || return
    echo "Đang cài trình duyệt và phông chữ: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

look_for_missing
if [ ${#missing[@]} -gt 0 ]; then
    install_missing
    look_for_missing
fi
if [ ${#missing[@]} -gt 0 ]; then
    if [[ ! " ${missing[*]} " =~ chromium|fontconfig ]]; then
        echo "Không cài được phông của sách: bản PDF sẽ dùng phông khác có sẵn trên máy."
    elif [ "$print" = --print ]; then
        echo "Chưa in được sách: máy này thiếu ${missing[*]} và không cài được tự động."
    else
        echo "Kiểm thử trình duyệt sẽ không chạy: máy này thiếu ${missing[*]} và không cài được tự động."
    fi
    echo "Trên Debian, hãy chạy: sudo apt-get install ${missing[*]}"
    exit 1
fi
