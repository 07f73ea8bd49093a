#!/usr/bin/env bash
# Lays out what goes into the students' image, for repo2docker to build:
#
#   hub/stage_image.sh /tmp/image
#   jupyter-repo2docker --no-run --user-id 1000 --user-name jovyan --image-name mo-hinh-sinh:1 /tmp/image
#
# The repository itself is never the context: every layer of an image can be read by whoever can
# pull it, and the repository holds the solutions of the assignments.
set -euo pipefail

if [ -z "${1:-}" ] || [ -e "$1" ]; then
    echo "Cần tên một thư mục chưa có. Ví dụ: hub/stage_image.sh /tmp/image"
    exit 1
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p "$1/notebooks" "$1/binder"
cp -r pyproject.toml README.md LICENSE LICENSE-TEXT course_utils "$1"
cp notebooks/*.ipynb "$1/notebooks"
cp hub/nbgrader_config.py "$1"
cp hub/image/runtime.txt hub/image/postBuild "$1/binder"
# PyTorch without CUDA: two gigabytes less in the image. Remove the line for machines with a GPU.
{
    echo "--extra-index-url https://download.pytorch.org/whl/cpu"
    cat requirements.txt hub/requirements.txt
} >"$1/binder/requirements.txt"
find "$1" -name __pycache__ -prune -exec rm -r {} +
echo "Đã xếp xong $1 ($(du -sh "$1" | cut -f1)); trong đó không có đề gốc, lời giải hay bài thử."
