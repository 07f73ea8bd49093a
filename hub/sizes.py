"""Đo bộ nhớ và đĩa mà một sinh viên cần, rồi tính cho cả lớp.

    .venv/bin/python hub/sizes.py notebooks/coupling_flows.ipynb

Đo trên chính máy này: máy chủ Jupyter lúc rảnh, một nhân đã nạp torch, và đỉnh bộ nhớ của nhân khi
chạy trọn một phòng thực hành. PSS chia đều phần dùng chung (thư viện) cho các tiến trình cùng dùng,
nên cộng PSS của nhiều người ra bộ nhớ thật; RSS tính trọn cho mỗi người, là số Kubernetes tính.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
from jupyter_client.manager import start_new_kernel

MIB = 1 << 20
CLASSES = (30, 200)
ACTIVE = 0.6  # giả định: phần lớp cùng chạy một phòng một lúc, số còn lại mở mà không chạy
CORES_EACH = 0.25  # giả định: người đang học thì đọc là chính, nhân chạy một phần tư thời gian
HOME_GB = 0.5  # giả định: bài làm và dữ liệu tải về của một người
SYSTEM_GB = 2  # giả định: hệ điều hành, Hub, proxy và máy chủ chấm


def memory(process: psutil.Process) -> tuple[float, float]:
    """(PSS, RSS) của một tiến trình, theo MiB."""
    info = process.memory_full_info()
    return info.pss / MIB, info.rss / MIB


def higher(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return max(one[0], other[0]), max(one[1], other[1])


def idle_server() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            time.sleep(10)
            return memory(psutil.Process(server.pid))
        finally:
            server.terminate()
            server.wait(20)


def kernel(lab: Path) -> tuple[tuple[float, float], tuple[float, float]]:
    """Nhân vừa nạp torch, và đỉnh của nhân khi chạy cả phòng."""
    notebook = nbformat.read(lab, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        manager, client = start_new_kernel(cwd=folder)
        process = psutil.Process(manager.provisioner.pid)
        try:
            run(client, process, "import course_utils, torch")
            loaded = peak = memory(process)
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    peak = higher(peak, run(client, process, cell.source))
            return loaded, peak
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def run(client, process: psutil.Process, source: str) -> tuple[float, float]:
    """Chạy một ô; trả về mức bộ nhớ cao nhất thấy được."""
    message, peak = client.execute(source), (0.0, 0.0)
    while True:
        peak = higher(peak, memory(process))
        try:
            reply = client.get_shell_msg(timeout=0.2)
        except Exception:  # chưa xong
            continue
        if reply["parent_header"]["msg_id"] == message:
            assert reply["content"]["status"] == "ok", reply["content"]
            return peak


def folder_gb(folder: Path) -> float:
    return sum(p.lstat().st_size for p in folder.rglob("*") if p.is_file()) / 1e9


def main(lab: Path) -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
    server = idle_server()
    loaded, peak = kernel(lab)
    environment = folder_gb(Path(sysconfig.get_path("purelib")))
    print("ĐO ĐƯỢC (MiB)                            PSS    RSS")
    for name, (pss, rss) in {
        "máy chủ Jupyter, lúc rảnh": server,
        "nhân vừa nạp torch": loaded,
        f"nhân, đỉnh khi chạy {lab.stem}": peak,
    }.items():
        print(f"  {name:<36} {pss:6.0f} {rss:6.0f}")
    print(f"  đĩa của môi trường: {environment:.1f} GB, chung cho mọi người")
    print(f"\nTÍNH RA (giả định {ACTIVE:.0%} cùng chạy, {CORES_EACH:g} nhân mỗi người đang chạy,")
    print(f"         {HOME_GB:g} GB đĩa mỗi người, {SYSTEM_GB} GB cho hệ thống)")
    for people in CLASSES:
        running = ACTIVE * people
        for name, kind in (("một máy", 0), ("Kubernetes", 1)):
            total = (people * server[kind] + running * peak[kind]) / 1024 + SYSTEM_GB
            disk, cores = people * HOME_GB + environment, running * CORES_EACH
            print(f"  {people} người, {name}: ", end="")
            print(f"{total:.0f} GB bộ nhớ, {cores:.0f} nhân, {disk:.0f} GB đĩa")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
