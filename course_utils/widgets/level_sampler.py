"""VAE phân cấp trong trang: giữ vài tầng trên của một ảnh, lấy mới những tầng dưới."""

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor, nn

from ..errors import InputError
from ..hierarchical_vae import HierarchicalVAE
from ..likelihoods import LogisticMixtureLikelihood
from .flow_grid import pack
from .live_figure import LiveFigure, module_source, still_figure


def export_hierarchy(model: HierarchicalVAE) -> dict:
    """Chiều sinh của một VAE phân cấp trên ảnh xám, dưới dạng ghi được ra JSON."""
    if not isinstance(model, HierarchicalVAE):
        raise InputError(
            f"LevelSampler nhận một HierarchicalVAE đã huấn luyện, ở đây là {type(model).__name__}."
        )
    if len(model.event_shape) != 3 or model.event_shape[0] != 1 or model.levels < 2:
        raise InputError(
            f"event_shape = {model.event_shape}, {model.levels} tầng; hình này vẽ ảnh xám, "
            f"event_shape = (1, H, W), với ít nhất hai tầng tiềm ẩn."
        )
    likelihood = model.likelihood
    if not isinstance(likelihood, LogisticMixtureLikelihood) or model.linear:
        raise InputError(
            f"Đầu ra là {type(likelihood).__name__}; hình này chỉ biết tính "
            f"LogisticMixtureLikelihood, với mạng phi tuyến."
        )
    if not all(bool(torch.isfinite(p).all()) for p in model.parameters()):
        raise InputError("Mô hình có tham số NaN hoặc vô cực; hãy xem lại quá trình huấn luyện.")
    return {
        "dims": list(model.latent_dims),
        "skip": model.skip,
        "size": list(model.event_shape[1:]),
        "levels": likelihood.levels,
        "centers": likelihood.centers.tolist(),
        "priors": [export_layers(prior.net) for prior in model.priors],
        "decoder": export_layers(model.decoder),
    }


def export_layers(net: nn.Sequential) -> list[dict]:
    """Các tầng tuyến tính của một perceptron SiLU, theo thứ tự."""
    return [
        {"weight": pack(m.weight), "bias": pack(m.bias)} for m in net if isinstance(m, nn.Linear)
    ]


class LevelSampler(LiveFigure):
    """Chọn một ảnh gốc, giữ z_L, …, z_m của nó, lấy mới các tầng dưới: xem điều gì còn lại.

    Sách: (eq-hvae-joint)

    Tham số
    -------
    model  : HierarchicalVAE đã huấn luyện trên ảnh xám nguyên, đầu ra LogisticMixtureLikelihood
    data   : ảnh gốc (n, 1, H, W); tiềm ẩn của chúng lấy một mẫu từ q(z | x). Chỉ dùng 10 ảnh đầu
    labels : nhãn (n,), để đặt tên các nút
    held   : lúc đầu giữ mấy tầng, tính từ đỉnh
    name   : tên, để trang lý thuyết gọi lại: ```{live-figure} notebooks/<slug>.ipynb#<name>

    Trong sổ, sau khi bấm, Python đọc lại được `figure.held` và `figure.root` ([z_1, …, z_L]).
    """

    _esm = module_source("level_sampler")

    network = traitlets.Dict().tag(sync=True)
    roots = traitlets.List().tag(sync=True)
    root = traitlets.List().tag(sync=True)
    held = traitlets.Int(1).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)

    def __init__(
        self, model: HierarchicalVAE, data: Tensor, labels: Tensor, held: int = 1, **options
    ):
        network = export_hierarchy(model)
        model.check(data, "data")
        if len(labels) != len(data):
            raise InputError(f"Có {len(data)} ảnh mà {len(labels)} nhãn; cần mỗi ảnh một nhãn.")
        if not 0 <= held <= model.levels:
            raise InputError(f"held = {held}; cần một số từ 0 đến số tầng, {model.levels}.")
        options.setdefault(
            "alt",
            "Hình tương tác: chọn một chữ số gốc và số tầng tiềm ẩn được giữ lại; mười hai ảnh "
            "bên cạnh dùng chung các tầng ấy và lấy mới các tầng dưới. Càng giữ nhiều tầng, các "
            "ảnh càng giống ảnh gốc.",
        )
        with torch.no_grad():
            latents = model.infer(data[:10].to(next(model.parameters())))[0]
        roots = [
            {"label": str(int(label)), "z": [[round(v, 4) for v in z[i].tolist()] for z in latents]}
            for i, label in enumerate(labels[:10])
        ]
        super().__init__(network=network, roots=roots, root=roots[0]["z"], held=held, **options)
        self._model = model

    @torch.no_grad()
    def still(self) -> Figure:
        model, count = self._model, 10
        like = next(model.parameters())
        root = [torch.tensor(z).to(like).expand(count, -1) for z in self.root]
        figure = still_figure(6.4, 3.4)
        axes = figure.subplots(model.levels + 1, 1)
        for held, axis in enumerate(axes):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self.seed)
                latents = model.sample_latents(count, root[model.levels - held :])
            images = model.likelihood.mean(model.decode(latents))[:, 0].cpu()
            axis.imshow(images.transpose(0, 1).flatten(1).numpy(), cmap="gray_r")
            kept = ", ".join(
                f"$z_{level}$" for level in range(model.levels, model.levels - held, -1)
            )
            axis.set_title(f"giữ {kept}" if held else "không giữ tầng nào", fontsize=9, loc="left")
            axis.axis("off")
        return figure
