#!/usr/bin/env bash
# Makes sure that bubblewrap is there and works, for grading and for its tests.
# Succeeds when it does; says in Vietnamese what is missing when it cannot be had.
set -uo pipefail

works() {
    bwrap --unshare-all --unshare-user --ro-bind / / --dev /dev true
} >/dev/null 2>&1

[ "$(uname -s)" = Linux ] || {
    echo "Hộp cát cho bài nộp chỉ có trên Linux; máy này chấm sau hàng rào trong nhân Python."
    exit 1
}
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if ! works && "${as_root[@]}" true 2>/dev/null; then
    if ! command -v bwrap >/dev/null && command -v apt-get >/dev/null; then
        echo "Đang cài bubblewrap cho kiểm thử chấm bài"
        "${as_root[@]}" apt-get update -qq
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends bubblewrap
    fi
    # Ubuntu keeps user namespaces from programs without a profile; a throw-away CI machine may open
    # them, a person's machine is left as it is.
    if ! works && [ -n "${CI:-}" ]; then
        "${as_root[@]}" sysctl -q -w kernel.apparmor_restrict_unprivileged_userns=0 ||
            "${as_root[@]}" sysctl -q -w kernel.unprivileged_userns_clone=1
    fi
fi
if ! works; then
    echo "Hộp cát bubblewrap không chạy được trên máy này. Trên Debian, hãy chạy:"
    echo "  sudo apt-get install bubblewrap"
    echo "Trên Ubuntu 24.04 trở lên còn phải cho phép: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    exit 1
fi
