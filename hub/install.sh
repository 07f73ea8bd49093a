#!/usr/bin/env bash
# Puts the course and its JupyterHub into a Python environment that every user of the machine can
# read, away from the teacher's checkout, which holds the solutions.
#
#   sudo python3 -m venv /opt/mo-hinh-sinh && sudo hub/install.sh /opt/mo-hinh-sinh
#
# --users : only what the users' own servers need, without the proxy.
set -euo pipefail

users_only=
if [ "${1:-}" = --users ]; then users_only=1; shift; fi
if [ ! -x "${1:-}/bin/python" ]; then
    echo "Cần một môi trường Python. Hãy chạy: python3 -m venv ĐƯỜNG_DẪN && hub/install.sh ĐƯỜNG_DẪN"
    exit 1
fi
environment=$(cd "$1" && pwd)
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
umask 022 # the users read what is installed here

missing_node() {
    ! command -v node || ! command -v npm || [ "$(node -p 'parseInt(process.versions.node)')" -lt 18 ]
} >/dev/null

install_node() {
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null || return 0
    echo "Đang cài cho proxy của JupyterHub: nodejs npm"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends nodejs npm
}

pip() { "$environment/bin/python" -m pip "$1" -qq --disable-pip-version-check "${@:2}"; }
pip install -r "$checkout/requirements.txt" -r "$checkout/hub/requirements.txt"
# A copy is built, so that nothing is left in the checkout.
package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT
cp -r "$checkout"/{pyproject.toml,README.md,LICENSE,course_utils} "$package"
pip install --no-deps --no-build-isolation --ignore-installed "$package"
install -D -m 644 "$checkout/hub/nbgrader_config.py" "$environment/etc/jupyter/nbgrader_config.py"
[ -z "$users_only" ] || exit 0

if missing_node; then install_node; fi
if missing_node; then
    echo "JupyterHub cần Node.js 18 trở lên và npm. Trên Debian: sudo apt-get install nodejs npm"
    exit 1
fi
mkdir -p "$environment/node"
cp "$checkout"/hub/package{,-lock}.json "$environment/node"
npm ci --prefix "$environment/node" --no-audit --no-fund --loglevel=error
ln -sf ../node/node_modules/.bin/configurable-http-proxy "$environment/bin/"
