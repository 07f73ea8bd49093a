"""Cài đặt tham chiếu của giáo trình «Mô hình sinh: từ phép đổi biến đến khuếch tán».

Các mô hình gọi được thẳng từ đây: `from course_utils import VAE`. Mỗi mô hình chỉ được nạp khi
nhắc đến tên, nên `import course_utils` không kéo theo torch.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "VAE": "vae",
    "IWAE": "vae",
    "FlowVAE": "flow_vae",
    "HierarchicalVAE": "hierarchical_vae",
    "GAN": "gan",
    "WGAN": "gan",
    "MADE": "autoregressive",
    "PixelCNN": "autoregressive",
    "WaveNet": "autoregressive",
    "GPT": "autoregressive",
    "FlowMatching": "flow_matching",
    "RectifiedFlow": "flow_matching",
    "DDPM": "diffusion",
    "ScoreSDE": "diffusion",
    "GuidedDDPM": "diffusion",
    "LatentDiffusion": "diffusion",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"course_utils không có «{name}»; ở đây có: {', '.join(_HOMES)}.")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__():
    return sorted({*globals(), *__all__})
