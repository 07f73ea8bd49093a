"""Cấu hình nbgrader của giáo trình; dùng chung cho `make grade` và cho Formgrader."""

import sys
from pathlib import Path

from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)
from nbconvert.preprocessors import ClearMetadataPreprocessor

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[1] / "scripts"))

from grading.guarded_execute import GuardedExecute
from grading.pages import FEEDBACK, PageExporter
from grading.plain_outputs import PlainOutputs

c = get_config()  # noqa: F821  (nbgrader cung cấp)

c.CourseDirectory.root = str(here)
c.GuardedExecute.classroom = c.GuardedExecute.sources = str(here)
# make grade chép bản nộp (đã chuẩn hóa theo bản gốc) từ submitted/ sang collected/.
c.CourseDirectory.submitted_directory = "collected"

c.ClearSolutions.code_stub = {"python": "# Viết câu trả lời của bạn ở đây"}
c.ClearSolutions.text_stub = "*Viết lời giải của bạn ở đây.*"

c.Autograde.autograde_preprocessors = [
    GuardedExecute,
    PlainOutputs,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]
# Trang phản hồi bằng tiếng Việt, không mã lệnh, không phép thử ẩn.
c.GenerateFeedback.exporter_class = PageExporter
c.GenerateFeedback.preprocessors = FEEDBACK
# HTML và mã lệnh mà sinh viên viết trong ô văn bản không chạy khi giảng viên mở Formgrader.
c.HTMLExporter.sanitize_html = True
# Giây cho mỗi ô; câu huấn luyện lâu nhất mất khoảng 15 giây trên hai lõi.
c.ExecutePreprocessor.timeout = 120
c.ExecutePreprocessor.iopub_timeout = 30
c.ExecutePreprocessor.shutdown_kernel = "immediate"
c.ExecutePreprocessor.extra_arguments = ["--IPKernelApp.log_level=40"]
