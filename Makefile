# The two commands of the course:
#   make book    install what is pinned, build the book, say where it is
#   make test    run every check
# Needs GNU make, bash and Python 3.11 to 3.13; README.md has the same steps without make.

PYTHON ?= python3
# Processes that the tests may use at once; each computes on one thread.
JOBS ?= 2
# A notebook to run alone: make notebooks SLUG=coupling_flows
SLUG ?=
# A class of one's own: make assignment SLUG=coupling_flows SEED=2026A
SEED ?=

VENV := .venv
BIN := $(VENV)/bin
HTML := _build/html
INSTALLED := $(VENV)/.installed
LABS = $(if $(SLUG),notebooks/$(SLUG).ipynb,$(wildcard notebooks/*.ipynb))

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# The layers of `make test` run one after another, each with its own closing lines.
.NOTPARALLEL:
# nbgrader and the notebooks' kernels look for programs on PATH.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONUTF8 := 1

.PHONY: help
help:
	@echo "make book         cài các gói đã ghim rồi dựng sách"
	@echo "make test         chạy mọi kiểm thử"
	@echo
	@echo "make serve        mở sách trong trình duyệt (hình tương tác và tìm kiếm đều chạy)"
	@echo "make pdf          in cả sách thành một tệp PDF"
	@echo "make bundle       gói cả trang web vào một tệp zip đọc được từ đĩa"
	@echo "make lab          mở các phòng thực hành trong JupyterLab"
	@echo "make notebooks    chạy lại các phòng thực hành và lưu kết quả (SLUG=… để chạy một phòng)"
	@echo "make new-chapter  bày đủ mọi phòng của một chương mới (SLUG=…, TITLE='…')"
	@echo "make corpus       đóng gói lời văn của sách cho chương tự hồi quy học"
	@echo "make assignment   viết bản bài tập dành cho sinh viên (SLUG=…, SEED=… là mã lớp)"
	@echo "make assignments  kiểm tra mọi đề bài: bài mẫu, bài trống, bài sai, cách viết khác"
	@echo "make collect      thu bài tải về từ Moodle, Canvas, Classroom (SLUG=…, SEED=…, FROM=…, LIST=…)"
	@echo "make solutions    lời giải và thang điểm của lớp, một trang HTML (SLUG=…, SEED=…)"
	@echo "make grade        chấm bài của một lớp và ghi bảng điểm CSV (SLUG=…, SEED=…)"
	@echo "make hub          chạy thử JupyterHub cho lớp học trên máy này (cần root)"
	@echo "make test-all     make test, thêm mọi phép thử lâu: kiểu phá, cả PDF, Colab, JupyterHub (cần root)"
	@echo "make test-colab   chạy trọn mọi phòng thực hành như trên một máy Colab trống"
	@echo "make test-hub     thử JupyterHub thật với vài người dùng, từ phát bài đến trả phản hồi"
	@echo "make measure-grading  đo việc chấm một lớp (STUDENTS=200, JOBS=2)"
	@echo "make compare      huấn luyện mọi họ mô hình của sách, cùng ngân sách, vào một bảng"
	@echo "make reproduce    tái lập một con số đã công bố (NAME=binarized-vae)"
	@echo "make profile      đo từng phòng thực hành, lúc nạp gói, lúc dựng sách vào trang «Hiệu năng»"
	@echo "make bench        so với chín gói khác: zuko, nflows, normflows, FrEIA, torchcfm, ..."
	@echo "make hooks        soát mỗi lần commit, và so sánh sổ tay bằng nbdime"
	@echo "make format       sắp lại mã Python theo ruff"
	@echo "make language     soát thuật ngữ và chính tả của lời văn"
	@echo "make links        liệt kê và thử mọi liên kết ra ngoài (cần mạng)"
	@echo "make lock         ghim lại requirements.txt từ requirements.in"
	@echo "make set-repo     đổi địa chỉ kho mã ở mọi nơi (URL=https://github.com/chủ/kho)"
	@echo "make clean        xóa những gì đã dựng"

# --- Environment: rebuilt only when the pins or the package's metadata change -------------------

$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Cần Python 3.11, 3.12 hoặc 3.13; $(PYTHON) không phải. Thử: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Đang cài các gói đã ghim vào $(VENV) (chỉ lần đầu, vài phút)…"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: install
install: $(INSTALLED)

# --- The book ------------------------------------------------------------------------------------

# Every page is read again (--all): a warning of an unchanged page must not vanish the second time.
.PHONY: book
book: $(INSTALLED)
	$(BIN)/jupyter-book build . --all --warningiserror --keep-going
	@echo
	@echo "Sách đã dựng xong: $(CURDIR)/$(HTML)/index.html"
	@echo "Mở tệp ấy để đọc ngay, hoặc chạy «make serve» để dùng đủ mọi chức năng."

$(HTML)/index.html:
	@$(MAKE) book

.PHONY: serve
serve: $(INSTALLED) $(HTML)/index.html
	@$(BIN)/python scripts/serve.py

# Chromium prints each page, so the browser is the one thing that cannot be missing.
.PHONY: pdf
pdf: $(INSTALLED) $(HTML)/index.html
	@scripts/install_browser.sh --print || test -z "$${CI:-}"
	@$(BIN)/python scripts/print_book.py

# The PDF goes in if it has been made.
.PHONY: bundle
bundle: $(INSTALLED) $(HTML)/index.html
	@$(BIN)/python scripts/bundle_site.py

# --- Labs and assignments --------------------------------------------------------------------------

.PHONY: lab
lab: $(INSTALLED)
	$(BIN)/jupyter lab --notebook-dir notebooks

.PHONY: notebooks
notebooks: $(INSTALLED)
	@for lab in $(LABS); do \
	  $(BIN)/jupyter nbconvert --to notebook --execute --inplace \
	    --CoalesceStreamsPreprocessor.enabled=True "$$lab"; \
	done
	$(BIN)/python scripts/normalize_notebooks.py $(LABS)

.PHONY: need-slug
need-slug:
	@test -n "$(SLUG)" || { echo "Thiếu tên chương. Ví dụ: make assignment SLUG=coupling_flows"; exit 1; }

# make new-chapter SLUG=optimal_transport TITLE='Vận chuyển tối ưu'
.PHONY: new-chapter
new-chapter: $(INSTALLED)
	@$(BIN)/python scripts/new_chapter.py "$(SLUG)" "$(TITLE)"

# The text that the chapter on autoregressive models learns from is the book itself.
.PHONY: corpus
corpus: $(INSTALLED)
	$(BIN)/python scripts/pack_text.py

.PHONY: assignment
assignment: need-slug $(INSTALLED)
	$(BIN)/python scripts/assignments.py student "$(SLUG)" "$(SEED)"

.PHONY: assignments
assignments: $(INSTALLED)
	$(BIN)/python scripts/assignments.py check "$(SLUG)" "$(SEED)"

.PHONY: solutions
solutions: need-slug $(INSTALLED)
	$(BIN)/python scripts/assignments.py solutions "$(SLUG)" "$(SEED)"

# FROM: the archive or folder that the school's system gave; LIST: the class list, as CSV.
.PHONY: collect
collect: need-slug $(INSTALLED)
	$(BIN)/python scripts/assignments.py collect "$(SLUG)" "$(SEED)" "$(FROM)" "$(SYSTEM)" "$(LIST)"

# Every core grades, unless JOBS says how many processes. A submission may take DEADLINE seconds and
# MEMORY megabytes.
GRADERS = $(if $(filter file,$(origin JOBS)),,$(JOBS))
.PHONY: grade
grade: need-slug $(INSTALLED)
	$(BIN)/python scripts/assignments.py grade "$(SLUG)" "$(SEED)" "$(GRADERS)" "$(DEADLINE)" "$(MEMORY)"

# A made-up class, graded and timed: make measure-grading STUDENTS=200 JOBS=2
# OUT=book/appendix/grading_time.csv keeps the table that the instructors' page reads.
STUDENTS ?= 200
.PHONY: measure-grading
measure-grading: $(INSTALLED)
	$(BIN)/python scripts/measure_grading.py "$(SLUG)" "$(STUDENTS)" "$(JOBS)" "$(SEED)" "$(OUT)"

# --- Checks ------------------------------------------------------------------------------------------

PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest
PARALLEL = -n $(JOBS) --dist loadfile
# Where a file is not one piece of work, the tests name the pieces (xdist_group).
SHARED = -n $(JOBS) --dist loadgroup

.PHONY: test
test: test-style test-units test-notebooks test-assignments book test-book
	@echo
	@echo "Mọi kiểm thử đều đạt."

.PHONY: test-style
test-style: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(MAKE) language

# Terms, spelling, Unicode. Without the word list spelling is left out here, and fails where CI is set.
.PHONY: language
language: $(INSTALLED)
	@scripts/install_dictionary.sh || test -z "$${CI:-}"
	$(BIN)/python scripts/check_language.py

.PHONY: test-units
test-units: $(INSTALLED)
	$(PYTEST) $(PARALLEL) -m "not long" tests \
	  --ignore tests/book --ignore tests/notebooks --ignore tests/assignments --ignore tests/hub

# First what the labs must keep, then each lab run anew and compared with its stored outputs.
.PHONY: test-notebooks
test-notebooks: $(INSTALLED)
	$(PYTEST) $(PARALLEL) tests/notebooks
	$(PYTEST) $(PARALLEL) -p no:cacheprovider --nbval \
	  --nbval-sanitize-with tests/notebooks/sanitize.cfg notebooks/*.ipynb

# A course is one piece of work, not a file: the courses are shared out one by one. The pages that
# an instructor opens are opened in a browser.
.PHONY: test-assignments
test-assignments: $(INSTALLED)
	@scripts/install_sandbox.sh || test -z "$${CI:-}"
	@scripts/install_browser.sh || test -z "$${CI:-}"
	$(PYTEST) $(SHARED) -m "not long" tests/assignments

# The patient attacks on the grading: memory, processes, minutes of waiting.
.PHONY: test-long
test-long: $(INSTALLED)
	@scripts/install_sandbox.sh || test -z "$${CI:-}"
	$(PYTEST) -rs -m long tests/assignments

# The whole PDF, printed and read page by page; a new chapter, grown in a clone that is then built.
.PHONY: test-whole
test-whole: $(INSTALLED) $(HTML)/index.html
	@scripts/install_browser.sh --print || test -z "$${CI:-}"
	$(PYTEST) -rs -m long tests/book tests/test_new_chapter.py

# Each lab from a blank runtime: make test-colab COLAB_PYTHON=python3.12 SLUG=gan
# Without COLAB_PYTHON the runtime shares PyTorch with .venv; with it everything is installed anew.
.PHONY: test-colab
test-colab: $(INSTALLED)
	@$(BIN)/python scripts/blank_runtime.py --jobs $(JOBS) --python "$(COLAB_PYTHON)" $(LABS)

.PHONY: test-all
test-all: test test-long test-whole test-colab test-hub

# Without a browser its tests are reported as skipped here, and fail where CI is set. The tests of
# the PDF need its fonts.
.PHONY: test-book
test-book: $(INSTALLED) $(HTML)/index.html
	@scripts/install_browser.sh --print || test -z "$${CI:-}"
	@scripts/install_axe.sh $(VENV)/axe $(BIN)/python || test -z "$${CI:-}"
	$(PYTEST) $(SHARED) -rs -m "not long" tests/book

# --- JupyterHub: a third environment, which adds the Hub to the packages of the first ---------------

HUB := $(VENV)/hub
HUB_INSTALLED := $(HUB)/.installed
# Starting servers under other people's accounts takes root.
AS_ROOT := $(if $(filter 0,$(shell id -u)),,$(if $(shell sudo -n true 2>&1),,sudo -n --preserve-env env "PATH=$$PATH"))

$(HUB_INSTALLED): $(INSTALLED) hub/install.sh hub/requirements.txt hub/package-lock.json \
                  hub/nbgrader_config.py
	@$(BIN)/python -m venv --clear $(HUB)
	@purelib='import sysconfig; print(sysconfig.get_path("purelib"))'; \
	  echo "import site; site.addsitedir('$$($(BIN)/python -c "$$purelib")')" \
	  >"$$($(HUB)/bin/python -c "$$purelib")/first_environment.pth"
	@echo "Đang cài JupyterHub vào $(HUB)…"
	@hub/install.sh $(HUB)
	@touch $@

# A trial on this machine: http://127.0.0.1:8000, for the classes that hub/add_class.py has set up.
.PHONY: hub
hub: $(HUB_INSTALLED)
	$(AS_ROOT) env "PATH=$(CURDIR)/$(HUB)/bin:$$PATH" \
	  $(HUB)/bin/python -m jupyterhub -f hub/jupyterhub_config.py $(HUB_FLAGS)

# A real Hub, real accounts, a whole assignment; the closing lines say what was done and how fast.
.PHONY: test-hub
test-hub: $(HUB_INSTALLED)
	$(AS_ROOT) env $(PYTEST) -x -rs -p no:cacheprovider tests/hub

# --- How long the course takes on this machine: the appendix page reads the table -----------------

# SLUG: one lab, or several names in quotes, among them `course`, `imports`, `book`.
# PROFILE_FLAGS=--store also keeps the outputs of the labs, as `make notebooks` does.
.PHONY: profile
profile: $(INSTALLED)
	@$(BIN)/python scripts/profile_course.py $(PROFILE_FLAGS) $(SLUG)

# --- Benchmarks: the peers live in a second environment, so that the first stays equal to the lock --

BENCH := $(VENV)/bench
BENCH_INSTALLED := $(BENCH)/.installed

# The second environment reads the packages of the first and adds only the peers to them.
$(BENCH_INSTALLED): $(INSTALLED)
	@$(BIN)/python -m venv --clear $(BENCH)
	@purelib='import sysconfig; print(sysconfig.get_path("purelib"))'; \
	  echo "import site; site.addsitedir('$$($(BIN)/python -c "$$purelib")')" \
	  >"$$($(BENCH)/bin/python -c "$$purelib")/first_environment.pth"
	@$(BENCH)/bin/python -m pip install -qq --disable-pip-version-check -c requirements.txt -e ".[bench]"
	@# torchdyn and denoising-diffusion-pytorch bring torchvision; what we call of them never uses it,
	@# and built for another torch it breaks the import.
	@$(BENCH)/bin/python -m pip uninstall -qq --yes torchvision
	@# flow_matching ships its own tests as a package named "tests", which hides ours.
	@$(BENCH)/bin/python -c 'import shutil, sysconfig; \
	  shutil.rmtree(sysconfig.get_path("purelib") + "/tests", ignore_errors=True)'
	@touch $@

.PHONY: bench
bench: $(BENCH_INSTALLED)
	$(BENCH)/bin/python -m tests.benchmarks.run $(BENCH_FLAGS)

# --- The comparison of the book's own models: the table that the last chapter reads -----------------

# Rows already in the table are kept, so an interrupted run goes on: make compare JOBS=2
.PHONY: compare
compare: $(INSTALLED)
	OMP_NUM_THREADS=1 $(BIN)/python -m course_utils.compare --jobs $(JOBS) \
	  --output course_utils/compare/results.json $(COMPARE_FLAGS)

.PHONY: reproduce
reproduce: $(INSTALLED)
	$(BIN)/python -m course_utils.reproduce $(NAME) $(REPRODUCE_FLAGS)

# --- Upkeep --------------------------------------------------------------------------------------------

# Sphinx asks every address that the book links to; the list stays in _build/links. Weekly in CI.
.PHONY: links
links: $(INSTALLED)
	@mkdir -p _build
	@$(BIN)/jupyter-book build . --all --builder linkcheck --path-output _build/links >_build/links.log 2>&1 \
	  || { grep -F '[broken]' _build/links/_build/html/output.txt \
	       || tail -n 20 _build/links.log; echo "Liên kết hỏng: danh sách ở trên."; exit 1; }
	@echo "Mọi liên kết ra ngoài đều mở được: _build/links/_build/html/output.txt"

# Checks at each commit (.pre-commit-config.yaml); notebooks compared and merged by nbdime. Git is
# also called where .venv is not on PATH, so nbdime's drivers are named by where they lie.
.PHONY: hooks
hooks: $(INSTALLED)
	@$(BIN)/pre-commit install
	@$(BIN)/nbdime config-git --enable
	@git config diff.jupyternotebook.command "'$(CURDIR)/$(BIN)/git-nbdiffdriver' diff"
	@git config merge.jupyternotebook.driver \
	  "'$(CURDIR)/$(BIN)/git-nbmergedriver' merge %O %A %B %L %P"

.PHONY: format
format: $(INSTALLED)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: lock
lock:
	PYTHON=$(PYTHON) scripts/lock.sh

.PHONY: set-repo
set-repo:
	@$(PYTHON) scripts/set_repo.py "$(URL)"

.PHONY: clean
clean:
	rm -rf _build build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
