"""Bày đủ mọi phòng của một chương mới, với một khung đã qua kiểm thử: `make new-chapter`.

    python scripts/new_chapter.py optimal_transport "Vận chuyển tối ưu"

Khuôn nằm trong `scripts/new_chapter/`, là một chương nhỏ mang tên `ten_chuong`. Phòng thực hành
được chạy trước ở một thư mục tạm; mọi tệp chỉ được ghi khi tất cả đã sẵn sàng, và ghi dở thì cây
thư mục trở lại như cũ.
"""

import keyword
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import check_notebooks
import nbformat
import normalize_notebooks
import set_repo

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "new_chapter"
SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
QUESTIONS = range(1, 7)
TOC = """\
      - file: book/{0}
        sections:
          - file: notebooks/{0}
"""
API = """
## {title}

### `course_utils.{slug}`

```{{eval-rst}}
.. automodule:: course_utils.{slug}
   :members:
```

### `course_utils.checks.{slug}`

```{{eval-rst}}
.. automodule:: course_utils.checks.{slug}
   :members:
```
"""
MISTAKES = """
## {title}

| Điều nghe có lý | Sự thật, và phép thử | Phản ví dụ |
|---|---|---|
| «Đưa độ lệch chuẩn vào chỗ của phương sai cũng được.» | Chỉ đúng khi cả hai bằng 1. \
So với `torch.distributions.Normal`. | {{ref}}`sai-{label}` |
"""
EXERCISES = """
## {title}

| Bài | Loại | Độ khó | Phút |
|---|---|---|---|
| {{ref}}`Khoảng giảm <{label}-bt-giam>` | tính | ★ | 10 |
"""
APPENDIX = "  - caption: Phụ lục\n"
NEXT = """\
Đã bày xong chương «{title}»:
{files}
Việc tiếp theo (chi tiết ở CONTRIBUTING.md):
  1. _toc.yml: chương đang đứng cuối phần đọc; dời ba dòng của nó đến đúng chỗ.
  2. Thay nội dung của khung, rồi make notebooks SLUG={slug}.
  3. Thuật ngữ mới ghi vào book/terms.yml, ký hiệu mới vào book/appendix/notation.md.
  4. make assignments SLUG={slug}, make corpus, make book, make test."""


class Refusal(Exception):
    """Tên hay tiêu đề không dùng được."""


def refuse(slug, title, root):
    """Ném Refusal với một câu nói rõ điều không được."""
    example = "Ví dụ: make new-chapter SLUG=optimal_transport TITLE='Vận chuyển tối ưu'."
    if not slug or not title:
        raise Refusal(f"Cần cả tên và tiêu đề của chương. {example}")
    if not SLUG.fullmatch(slug) or len(slug) > 40 or keyword.iskeyword(slug):
        raise Refusal(
            f"Tên chương «{slug}» không dùng được: chỉ chữ thường không dấu, chữ số và dấu _ giữa "
            f"các từ, bắt đầu bằng chữ, không quá 40 ký tự. {example}"
        )
    if re.search(r"[\"'`$\\|<>{}\[\]#*_\n]", title) or len(title) > 60:
        raise Refusal(
            f"Tiêu đề «{title}» không dùng được: chỉ chữ và dấu câu thường, không có ký hiệu của "
            f"Markdown hay công thức, không quá 60 ký tự. {example}"
        )
    taken = [path for path in new_files(slug, title) if (root / path).exists()]
    if (root / "course_utils" / slug).exists():
        taken.append(Path("course_utils") / slug)
    if taken:
        raise Refusal(f"Chương «{slug}» đã có: {taken[0]}. Hãy chọn tên khác.")


def numbered(text, k):
    """Câu hỏi mẫu mang số 0 thành câu thứ k."""
    text = re.sub(r"(question[-_]|Câu )0", rf"\g<1>{k}", text)
    return re.sub(r"⟦([ab])0⟧", rf"⟦\g<1>{k}⟧", text)


def repeat_question(text):
    """Sổ bài tập: ba ô của câu mẫu lặp lại thành sáu câu."""
    notebook = nbformat.reads(text, as_version=4)
    model = [cell for cell in notebook.cells if "question-0" in cell.id]
    first = notebook.cells.index(model[0])
    text_of = [nbformat.writes(nbformat.v4.new_notebook(cells=[cell])) for cell in model]
    copies = [nbformat.reads(numbered(t, k), 4).cells[0] for k in QUESTIONS for t in text_of]
    notebook.cells[first : first + len(model)] = copies
    return nbformat.writes(notebook) + "\n"


def fill_cells(text, slug):
    """Hai chỗ phụ thuộc địa chỉ kho mã: ô chuẩn bị và liên kết Colab."""
    owner, repo = set_repo.configured()
    link = (
        f"https://colab.research.google.com/github/{owner}/{repo}/blob/main/notebooks/{slug}.ipynb"
    )
    notebook = nbformat.reads(text.replace("COLAB_LINK", link), as_version=4)
    for cell in notebook.cells:
        if cell.source == "SETUP_CELL":
            cell.source = check_notebooks.SETUP.format(owner, repo)
    return nbformat.writes(notebook) + "\n"


def new_files(slug, title):
    """Đường dẫn → nội dung của mọi tệp mới; phòng thực hành chưa chạy."""
    files = {}
    for path in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        name = path.relative_to(TEMPLATES).as_posix()
        if "__pycache__" in name:
            continue
        text = path.read_text("utf-8").replace("TÊN_CHƯƠNG", title)
        if path.suffix == ".ipynb":
            text = fill_cells(repeat_question(text) if "/source/" in name else text, slug)
        copies = QUESTIONS if "question_0" in name else (0,)
        for k in copies:
            files |= {numbered(name, k) if k else name: numbered(text, k) if k else text}
    rename = {"ten_chuong": slug, "ten-chuong": slug.replace("_", "-")}
    pattern = re.compile("|".join(rename))

    def renamed(text):
        return pattern.sub(lambda match: rename[match[0]], text)

    return {Path(renamed(name)): renamed(text) for name, text in files.items()}


def changed_files(slug, title, root):
    """Đường dẫn → nội dung mới của những tệp chung."""
    names = {"slug": slug, "title": title, "label": slug.replace("_", "-")}
    toc = (root / "_toc.yml").read_text("utf-8")
    if toc.count(APPENDIX) != 1:
        raise Refusal("Không thấy phần «Phụ lục» trong _toc.yml để đặt chương mới vào trước nó.")
    changed = {Path("_toc.yml"): toc.replace(APPENDIX, TOC.format(slug) + APPENDIX)}
    for page, section in {
        "api": API,
        "common_mistakes": MISTAKES,
        "exercise_map": EXERCISES,
    }.items():
        path = Path(f"book/appendix/{page}.md")
        changed[path] = (
            (root / path).read_text("utf-8").rstrip("\n") + "\n" + section.format(**names)
        )
    return changed


def run_lab(slug, files, root):
    """Chạy phòng thực hành ở thư mục tạm có gói của chương mới; trả về sổ đã lưu kết quả."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        skipped = shutil.ignore_patterns("__pycache__")
        shutil.copytree(root / "course_utils", folder / "course_utils", ignore=skipped)
        lab = Path("notebooks") / f"{slug}.ipynb"
        for path in (lab, *(path for path in files if path.parts[0] == "course_utils")):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(files[path], "utf-8")
        command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
        done = subprocess.run(
            [*command, "--CoalesceStreamsPreprocessor.enabled=True", str(lab)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": name},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            plain = re.sub(r"\x1b\[[\d;]*m", "", done.stderr)
            raise Refusal(f"Phòng thực hành của khung không chạy được:\n{plain[-2000:]}")
        normalize_notebooks.normalize(folder / lab)
        return (folder / lab).read_text("utf-8")


def write(files, root):
    """Ghi mọi tệp; vấp ở đâu cũng trả cây thư mục lại như cũ."""
    before, folders = {}, []
    try:
        for path, text in files.items():
            missing = [p for p in path.parents if not (root / p).exists()]
            folders += [root / p for p in missing]
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            before[path] = (root / path).read_bytes() if (root / path).exists() else None
            (root / path).write_text(text, "utf-8")
    except BaseException:
        for path, content in before.items():
            if content is None:
                (root / path).unlink(missing_ok=True)
            else:
                (root / path).write_bytes(content)
        for folder in sorted(set(folders), key=lambda p: len(p.parts), reverse=True):
            if folder.exists():
                folder.rmdir()
        raise


def main(arguments, root=ROOT):
    slug, title = (*arguments, "", "")[:2]
    slug, title = slug.strip(), unicodedata.normalize("NFC", title.strip())
    try:
        refuse(slug, title, root)
        files = new_files(slug, title)
        lab = Path("notebooks") / f"{slug}.ipynb"
        files[lab] = run_lab(slug, files, root)
        changed = changed_files(slug, title, root)
        write(files | changed, root)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    folders = sorted({path.parent if "assignments" in path.parts else path for path in files})
    shown = "\n".join(f"  {path}" for path in [*folders, *changed])
    print(NEXT.format(title=title, slug=slug, files=shown))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
