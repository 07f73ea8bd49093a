"""Chia việc cho nhiều tiến trình; tiến trình nào chết hay treo thì chỉ việc nó đang làm bị mất."""

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing import connection, resource_tracker
from typing import Any

import psutil

PATIENCE = 3600  # giây cho một việc; các giới hạn trong nhân Python thường đã dừng nó từ lâu
KILLED = "tiến trình chấm bị hệ điều hành dừng, thường vì hết bộ nhớ"
STUCK = f"chưa chấm xong sau {PATIENCE} giây, đã dừng"


def each(
    prepare: Callable,
    arguments: tuple,
    tasks: list,
    jobs: int,
    lost: Callable[[Any, str], Any],
) -> Iterator[Any]:
    """Kết quả của `prepare(*arguments)(task)` với mỗi việc, việc nào xong trước ra trước.

    `prepare` chạy một lần trong mỗi tiến trình. Việc bị mất cho ra `lost(task, lý_do)`.
    """
    threads = max(1, (os.cpu_count() or 1) // jobs)
    waiting, busy, idle = deque(tasks), {}, []
    try:
        while waiting or busy:
            while waiting and len(busy) < jobs:
                worker = idle.pop() if idle else _Worker(prepare, arguments, threads)
                worker.give(waiting.popleft())
                busy[worker.pipe] = worker
            ready = connection.wait(list(busy), timeout=1)
            for pipe, worker in list(busy.items()):
                stuck = time.monotonic() - worker.since > PATIENCE
                if not stuck and pipe not in ready:
                    continue
                del busy[pipe]
                try:
                    result = pipe.recv() if pipe in ready else lost(worker.task, STUCK)
                except (EOFError, OSError):
                    result, stuck = lost(worker.task, KILLED), True
                if stuck:
                    worker.kill()
                else:
                    idle.append(worker)
                yield result
    finally:
        for worker in idle:
            worker.dismiss()
        for worker in busy.values():
            worker.kill()


class _Worker:
    """Một tiến trình nhận từng việc qua ống và trả kết quả qua chính ống ấy."""

    def __init__(self, prepare: Callable, arguments: tuple, threads: int):
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        arguments = (other, prepare, arguments, threads)
        self.process = context.Process(target=_serve, args=arguments, daemon=True)
        with _without_ctrl_c():
            self.process.start()
        other.close()
        self.task, self.since = None, 0.0

    def give(self, task: Any) -> None:
        self.task, self.since = task, time.monotonic()
        with contextlib.suppress(OSError):  # tiến trình đã chết: lần nhận kết quả sẽ biết
            self.pipe.send(task)

    def dismiss(self) -> None:
        self.pipe.close()
        self.process.join(10)
        if self.process.is_alive():
            self.kill()

    def kill(self) -> None:
        """Dừng tiến trình cùng mọi nhân Python nó đã mở."""
        with contextlib.suppress(psutil.NoSuchProcess):
            whole = psutil.Process(self.process.pid)
            for process in [*whole.children(recursive=True), whole]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        self.process.join()
        self.pipe.close()


@contextlib.contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Tiến trình mở ra ở đây không nghe Ctrl-C trong lúc nó còn đang nạp thư viện."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # nó tự mở lại Ctrl-C khi khởi động, nên phải có trước
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hear_ctrl_c() -> None:
    """Bỏ Ctrl-C đã đến khi chưa nghe, rồi nghe lại: nhân Python mở sau này cần tín hiệu ấy."""
    if hasattr(signal, "pthread_sigmask"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _serve(pipe, prepare: Callable, arguments: tuple, threads: int) -> None:
    """Việc của một tiến trình."""
    with contextlib.suppress(AttributeError):  # Windows không có phiên
        os.setsid()  # Ctrl-C chỉ đến tiến trình chính, nó sẽ dừng các tiến trình này
    _hear_ctrl_c()
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    os.environ["OMP_NUM_THREADS"] = str(threads)
    work = prepare(*arguments)
    with contextlib.suppress(EOFError):
        while True:
            pipe.send(work(pipe.recv()))


def _leave_with_parent() -> None:
    """Tiến trình chính bị dừng cách nào thì tiến trình này cũng dừng ngay, không làm tiếp ngầm."""
    multiprocessing.parent_process().join()
    os._exit(1)
