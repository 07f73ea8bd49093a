"""Cấu hình nbgrader chung cho mọi tài khoản trên JupyterHub; hub/install.sh đặt nó vào môi trường.

Sinh viên đọc và đổi được cấu hình của riêng mình, nên không quyền nào dựa vào tệp này: ai vào được
thư mục trao đổi của lớp là do nhóm Unix `nbgrader-<mã lớp>` (xem add_class.py).
"""

import os

c = get_config()  # noqa: F821  (nbgrader cung cấp)

c.Exchange.root = os.environ.get("COURSE_EXCHANGE", "/srv/nbgrader/exchange")
# Một sinh viên học nhiều lớp: bài nằm ở ~/<mã lớp>/<bài>.
c.Exchange.path_includes_course = True
# Danh sách lớp của mỗi người lấy từ các nhóm của họ trên Hub.
c.Authenticator.plugin_class = "nbgrader.auth.JupyterHubAuthPlugin"
# Như máy chủ: người khác trên máy không nghe được nhân đang chạy thử bài.
c.KernelManager.transport = "ipc"
# Thiếu sổ của bài thì không cho nộp, thay vì nhận một bản nộp rỗng.
c.ExchangeSubmit.strict = True
