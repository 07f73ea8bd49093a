"""Một phép tái lập tí hon, cũng chạy riêng được: python tiny.py LOẠI THƯ_MỤC GIÂY_MỖI_LÔ."""

import sys
import time

import torch

from course_utils.autoregressive import PixelCNN
from course_utils.data.images import Images
from course_utils.flows.dequantization import DequantizedGlow
from course_utils.reproduce import Experiment, run
from course_utils.vae import IWAE, VAE

SIDE, LEVELS = 4, 256
MODELS = {
    "vae": (VAE, {"event_shape": SIDE**2, "latent_dim": 2, "hidden": (8,)}, True, 20),
    "iwae": (IWAE, {"event_shape": SIDE**2, "latent_dim": 2, "hidden": (8,), "k": 3}, True, 20),
    "flow": (
        DequantizedGlow,
        {"event_shape": (1, SIDE, SIDE), "levels": 1, "steps": 1, "hidden": 4, "noise_hidden": 4},
        False,
        3,
    ),
    "pixelcnn": (
        PixelCNN,
        {"event_shape": (1, SIDE, SIDE), "levels": LEVELS, "channels": 4, "layers": 2},
        False,
        1,
    ),
}


def pictures() -> Images:
    """Ảnh giả 4×4: một nửa trái sáng, nhiễu nhỏ."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(40, (300, 1, SIDE, SIDE), generator=generator, dtype=torch.uint8)
    x[:, :, :, : SIDE // 2] += 200
    labels = torch.zeros(300, dtype=torch.long)
    return Images(x[:200], x[200:], labels[:200], labels[200:], ("0",))


def tiny(kind: str) -> Experiment:
    model, arguments, binary, samples = MODELS[kind]
    return Experiment(
        name=kind,
        title=kind,
        model=model,
        arguments=arguments,
        binary=binary,
        train_images=150,
        steps=60,
        batch_size=16,
        lr=5e-3,
        clip=100.0,
        checkpoint_every=7,
        kind="exact" if kind == "pixelcnn" else "bound",
        samples=samples,
        block=10,
    )


if __name__ == "__main__":
    kind, folder, pause = sys.argv[1], sys.argv[2], float(sys.argv[3])
    batches = sys.modules["course_utils.reproduce.data"].ImageBatches
    draw = batches.sample

    def slow(self, n, generator=None):
        time.sleep(pause)  # để bên ngoài kịp giết giữa chừng
        return draw(self, n, generator)

    batches.sample = slow
    run(tiny(kind), folder, data=pictures(), device="cpu", progress=False)
