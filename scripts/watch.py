"""Theo dõi một việc và các tiến trình con: giây, giờ CPU, bộ nhớ, và máy có bận việc khác không."""

import os
import threading
import time

import psutil


def machine_seconds() -> float:
    """Giây CPU mà cả máy đã dùng từ lúc bật."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0)


class Watch(threading.Thread):
    """`with Watch() as watch:` rồi đọc watch.seconds, watch.cpu, watch.peak, watch.others.

    `itself`: kể cả tiến trình đang gọi, hay chỉ các tiến trình con.
    """

    EVERY = 0.1  # giây; một nhân sống vài giây nên phần cuối bị bỏ sót là nhỏ

    def __init__(self, itself: bool = False):
        super().__init__(daemon=True)
        self.itself, self.over = itself, threading.Event()
        self.peak, self.load = 0, []  # byte; tải của máy ở mỗi lần ngó
        self.used: dict[tuple[int, float], float] = {}  # (mã, lúc sinh) của tiến trình → giây CPU

    def __enter__(self):
        self.started, self.mine = time.perf_counter(), time.process_time()
        self.everyone = machine_seconds()
        self.start()
        return self

    def __exit__(self, *error) -> None:
        self.over.set()
        self.join()
        self.seconds = time.perf_counter() - self.started
        self.cpu = sum(self.used.values()) - self.itself * self.mine
        caller = 0 if self.itself else time.process_time() - self.mine
        elsewhere = machine_seconds() - self.everyone - self.cpu - caller
        self.others = max(0.0, elsewhere / self.seconds)  # số nhân mà việc khác chiếm, trung bình

    def run(self) -> None:
        whole = psutil.Process()
        while not self.over.wait(self.EVERY):
            memory = 0
            for process in [*[whole] * self.itself, *whole.children(recursive=True)]:
                try:
                    memory += process.memory_info().rss
                    spent = process.cpu_times()
                    key = process.pid, process.create_time()
                    self.used[key] = spent.user + spent.system
                except psutil.Error:  # tiến trình vừa kết thúc
                    continue
            self.peak = max(self.peak, memory)
            self.load.append(os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0)
