"""Nhân Python của bài nộp chạy cách ly bằng những gì máy chấm có.

Trên Linux có bubblewrap: nhân ở trong một hộp cát. Nó không có mạng, không thấy tiến trình nào
khác, không tạo được tiến trình con, chỉ đọc được Python và các gói (không đọc được kho mã, lớp
học, thư mục nhà), chỉ ghi được vào một /tmp nhỏ của riêng nó. Nhân nói chuyện với nbgrader qua
`ipc` nên không cần mạng. Khi người chấm là root, hộp cát còn chạy bằng tài khoản `nobody`.

Máy khác: nhân chạy bằng tài khoản của người chấm, sau hàng rào trong nhân (kernel_guards) và các
giới hạn tài nguyên mà hệ điều hành có.
"""

import os
import shutil
import subprocess
import sys
import tempfile

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Integer, Type

from .bubblewrap import MEGABYTE, environment, filter_descriptor, sandbox_user, wrapping

LARGEST_MESSAGE = 8 * MEGABYTE
# Nhân tự hạ giới hạn của mình rồi mới nạp IPython: không tốn thêm một tiến trình nào.
LAUNCHER = """
import sys
sys.path[:] = [place for place in sys.path if place]
try:
    import resource
except ImportError:  # Windows
    resource = None
for name, most in {limits}.items():
    kind = getattr(resource, name, None)
    if kind is not None:
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):  # macOS không nhận một số giới hạn
            pass
from ipykernel import kernelapp
kernelapp.launch_new_instance()
"""


class BoundedClient(AsyncKernelClient):
    """Đầu bên này của các ống: thông điệp quá lớn bị cắt ngay, không vào bộ nhớ người chấm."""

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        context.setsockopt(zmq.RCVHWM, 32)
        return context


class SandboxedKernelManager(AsyncKernelManager):
    """Quản lý nhân của jupyter_client, mỗi nhân một hộp cát."""

    memory = Integer(3072 * MEGABYTE, help="Số byte bộ nhớ tối đa của nhân.").tag(config=True)
    processor_seconds = Integer(1800, help="Số giây CPU tối đa của nhân.").tag(config=True)
    client_factory = Type(BoundedClient, klass=AsyncKernelClient)

    def __init__(self, **options):
        # Đường dẫn của ống ipc không được quá khoảng một trăm ký tự.
        self._folder = tempfile.mkdtemp(prefix="cham-")
        options.setdefault("connection_file", os.path.join(self._folder, "k.json"))
        options.setdefault("transport", "ipc" if os.name == "posix" else "tcp")
        super().__init__(**options)

    @property
    def kernel_spec(self) -> KernelSpec:
        """Luôn là Python đang chấm, bài nộp ghi tên nhân nào cũng vậy."""
        most = {
            "RLIMIT_DATA": self.memory,
            "RLIMIT_CPU": self.processor_seconds,
            "RLIMIT_FSIZE": 64 * MEGABYTE,
            "RLIMIT_CORE": 0,
        }
        argv = [sys.executable, "-c", LAUNCHER.format(limits=most), "-f", "{connection_file}"]
        return KernelSpec(
            argv=argv, language="python", display_name="Python 3", interrupt_mode="message"
        )

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options) -> None:
        user, descriptor = sandbox_user(), None
        options |= {"cwd": self._folder, "env": environment(self._folder)}
        options |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if user is not None:
            descriptor = filter_descriptor()
            kernel_cmd = [*wrapping(self._folder, descriptor), *kernel_cmd]
            options["pass_fds"] = [] if descriptor is None else [descriptor]
            if user != os.getuid():
                options |= {"user": user, "group": user, "extra_groups": []}
                for path in (self._folder, self.connection_file):
                    os.chown(path, user, user)
        try:
            await super()._async_launch_kernel(kernel_cmd, **options)
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def kill_now(self) -> None:
        """Bỏ nhân ngay, không hỏi nó."""
        if self.provisioner and self.provisioner.process:
            self.provisioner.process.kill()

    def seal(self) -> None:
        """Nhân đã mở các ống ipc: từ đây nó không đặt thêm được tệp nào cạnh chúng."""
        if sandbox_user() is not None:
            os.chmod(self._folder, 0o500)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart and os.path.isdir(self._folder):
            os.chmod(self._folder, 0o700)
            shutil.rmtree(self._folder, ignore_errors=True)

    cleanup_resources = AsyncKernelManager.cleanup_resources
