"""python -m course_utils.reproduce TÊN [--data THƯ_MỤC] [--output THƯ_MỤC] …

Không có TÊN: in bảng những gì đã đạt được, cạnh con số đã công bố.
"""

import argparse
import sys

from ..data.cache import cache_folder
from ..data.download import DownloadError
from ..errors import InputError
from .experiments import EXPERIMENTS
from .results import load_results, table
from .run import run


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.reproduce",
        description="Tái lập một con số đã công bố trên MNIST. Dừng lúc nào cũng được: chạy lại "
        "cùng lệnh thì đi tiếp. Không có TÊN thì in bảng kết quả đã lưu.",
        epilog="TÊN: " + "; ".join(f"{e.name} ({e.title})" for e in EXPERIMENTS.values()),
    )
    add = parser.add_argument
    add("name", nargs="?", metavar="TÊN", help="phép tái lập")
    add("--data", metavar="THƯ_MỤC", help="bốn tệp MNIST có sẵn; không có thì tải về")
    add("--output", metavar="THƯ_MỤC", help="nơi để checkpoint và results.json")
    add("--device", metavar="THIẾT_BỊ", help="cpu, cuda…; mặc định là GPU nếu có")
    add("--steps", type=int, metavar="N", help="số bước huấn luyện, để chạy thử")
    add("--minutes", type=float, metavar="M", help="ngừng huấn luyện sau M phút, rồi chấm")
    add("--images", type=int, metavar="N", help="chỉ chấm N ảnh kiểm tra đầu tiên")
    add("--samples", type=int, metavar="K", help="số mẫu của ước lượng nhiều mẫu")
    add("--seed", type=int, default=0, metavar="S", help="hạt giống")
    add("--compile", action="store_true", help="dùng torch.compile")
    add("--precision", choices=["bf16"], help="tính mất mát bằng bfloat16")
    add("--quiet", action="store_true", help="không hiện thanh tiến độ")
    given = parser.parse_args(arguments)
    output = given.output or cache_folder() / "reproduce"
    options = {"compile": True} if given.compile else {}
    options |= {"precision": given.precision} if given.precision else {}
    try:
        if given.name is None:
            print(table(load_results(f"{given.output}/results.json" if given.output else None)))
            return 0
        row = run(
            given.name,
            output,
            data=given.data,
            device=given.device,
            steps=given.steps,
            minutes=given.minutes,
            images=given.images,
            samples=given.samples,
            seed=given.seed,
            progress=not given.quiet,
            **options,
        )
    except (InputError, DownloadError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            f"\nĐã dừng. Checkpoint nằm trong {output}; chạy lại cùng lệnh thì đi tiếp.",
            file=sys.stderr,
        )
        return 130
    print(table({row["name"]: row}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
