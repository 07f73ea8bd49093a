#!/usr/bin/env bash
# Makes sure that the language linter has a Vietnamese word list (Debian: hunspell-vi). Without root
# the package is unpacked into .venv, where scripts/language looks too.
# Succeeds when the list is there; says in Vietnamese what to do when it cannot be had.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

list=usr/share/hunspell/vi_VN.dic
unpacked=.venv/hunspell-vi

is_there() { [ -s "/$list" ] || [ -s "$unpacked/$list" ]; }

install_it() {
    command -v apt-get >/dev/null || return
    echo "Đang cài từ điển để soát chính tả: hunspell-vi"
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    if "${as_root[@]}" true 2>/dev/null; then
        "${as_root[@]}" apt-get update -qq
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends hunspell-vi
    else
        local package
        package=$(mktemp -d)
        (cd "$package" && apt-get download -qq hunspell-vi) &&
            dpkg -x "$package"/hunspell-vi*.deb "$unpacked"
        rm -r "$package"
    fi
}

is_there || install_it
if ! is_there; then
    echo "Chính tả sẽ không được soát: máy này thiếu từ điển hunspell-vi và không cài được tự động."
    echo "Trên Debian, hãy chạy: sudo apt-get install hunspell-vi"
    exit 1
fi
