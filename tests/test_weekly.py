"""Lần chạy hằng tuần: bỏ ghim, chạy, viết báo cáo; và mỗi chuyện hỏng chỉ một issue.

GitHub không gọi được từ kiểm thử, nên `gh` ở đây là một chương trình nhỏ giữ các issue trong một
tệp; mọi phần khác là thật.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import report_issue

ROOT = Path(__file__).resolve().parent.parent
GH = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path

path = Path(os.environ["ISSUES"])
issues = json.loads(path.read_text()) if path.exists() else []
topic, action, *arguments = sys.argv[1:]
assert topic == "issue"
options = dict(a[2:].split("=", 1) for a in arguments if a.startswith("--"))
if "body-file" in options:
    options["body"] = sys.stdin.read()
if action == "create":
    issues.append(dict(title=options["title"], body=options["body"], state="open", said=[]))
    print(f"issues/{{len(issues)}}")
elif action == "list":
    numbered = [dict(i, number=n) for n, i in enumerate(issues, 1) if i["state"] == "open"]
    print(json.dumps([{{k: i[k] for k in options["json"].split(",")}} for i in numbered]))
else:
    issue = issues[int(arguments[0]) - 1]
    if action == "edit":
        issue.update(title=options["title"], body=options["body"])
    elif action == "comment":
        issue["said"].append(options["body"])
    elif action == "close":
        issue["state"] = "closed"
        issue["said"].append(options["comment"])
path.write_text(json.dumps(issues))
"""


@pytest.fixture
def tell(tmp_path, monkeypatch):
    """Hàm đưa một báo cáo (None: không có báo cáo) và trả về mọi issue sau đó."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "gh"
    program.write_text(GH, "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("ISSUES", str(tmp_path / "issues.json"))

    def tell(text):
        path = tmp_path / "report.md"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text, "utf-8")
        report_issue.main([str(path)])
        return json.loads((tmp_path / "issues.json").read_text("utf-8"))

    return tell


def test_the_same_trouble_is_one_issue(tell):
    assert tell("# Chạy hằng tuần: mọi việc đều đạt\n") == []
    (issue,) = tell("# Chạy hằng tuần: hỏng links\n\nhai liên kết\n")
    assert (issue["title"], issue["body"]) == ("Chạy hằng tuần: hỏng links", "hai liên kết\n")
    (issue,) = tell("# Chạy hằng tuần: hỏng links\n\nba liên kết\n")
    assert (issue["body"], issue["said"]) == ("ba liên kết\n", [])
    (issue,) = tell("# Chạy hằng tuần: hỏng links test-units\n\nthêm nữa\n")
    assert issue["title"] == "Chạy hằng tuần: hỏng links test-units"
    assert issue["said"] == ["Tuần này: hỏng links test-units."]
    (issue,) = tell("# Chạy hằng tuần: mọi việc đều đạt\n")
    assert issue["state"] == "closed"
    assert len(tell("# Chạy hằng tuần: hỏng links\n\nlại hỏng\n")) == 2


@pytest.mark.parametrize("text", [None, "", "dở dang"])
def test_a_run_that_leaves_no_report_is_trouble_too(text, tell):
    (issue,) = tell(text)
    assert issue["title"] == "Chạy hằng tuần: hỏng weekly.sh"


LOCK = """#!/usr/bin/env bash
grep '^[^#;]*==[^;]*$' requirements.in && exit 1
grep -qx 'jupyter-book<2' requirements.in || exit 1
sed -i 's/^matplotlib==.*/matplotlib==99.1/' requirements.txt
"""
TARGETS = """good bad:
\t@echo "matplotlib: $@"
\t@test $@ = good
newer:
\tgrep -x matplotlib==99.1 requirements.in
\tgrep -x matplotlib==99.1 requirements.txt
"""


def weekly(snapshot, tmp_path, *targets):
    """Chạy weekly.sh thật trên một bản sao có lock.sh và Makefile ngắn; trả về (mã, báo cáo)."""
    course = tmp_path / "course"
    subprocess.run(["git", "clone", "--quiet", snapshot, course], check=True)
    (course / "scripts/lock.sh").write_text(LOCK, "utf-8")
    (course / "Makefile").write_text(TARGETS, "utf-8")
    git = ["git", "-C", course, "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "commit", "--quiet", "--all", "--message=short"], check=True)
    command = [course / "scripts/weekly.sh", tmp_path / "out", *targets]
    done = subprocess.run(command, env=os.environ | {"PYTHON": sys.executable}, check=False)
    return done.returncode, (tmp_path / "out/report.md").read_text("utf-8")


def test_the_weekly_run_moves_every_pin_and_passes(snapshot, tmp_path):
    code, report = weekly(snapshot, tmp_path, "good", "newer")
    assert code == 0
    assert report.startswith("# Chạy hằng tuần: mọi việc đều đạt\n")
    changes = [line for line in report.splitlines() if line[:1] in "+-" and line[1:2].isalpha()]
    assert changes == [
        f"-matplotlib=={pinned()['matplotlib']}",
        "+matplotlib==99.1",
    ]


def test_the_weekly_run_reports_what_breaks_and_goes_on(snapshot, tmp_path):
    code, report = weekly(snapshot, tmp_path, "bad", "newer")
    assert code == 1
    assert report.startswith("# Chạy hằng tuần: hỏng bad\n")
    assert "\n## bad\n\n~~~\nmatplotlib: bad\n" in report
    assert "## newer" not in report


def pinned():
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line and ";" not in line)
