"""Mặt phẳng tiềm ẩn của một VAE: kéo z, ảnh được giải mã ngay trong trang."""

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor, nn

from ..errors import InputError
from ..likelihoods import CategoricalLikelihood, LogisticMixtureLikelihood
from ..vae import VAE
from .flow_grid import pack, rounded
from .live_figure import LiveFigure, module_source, still_figure

REACH = 3.0  # nửa cạnh của mặt phẳng được vẽ
# Mười màu cho mười nhãn; mỗi nhãn còn có chữ số của nó, không chỉ có màu.
COLORS = "#0072b2 #d55e00 #009e73 #cc79a7 #b8860b #3d96d6 #8c4fd0 #9a6256 #6b7280 #d02a6c".split()


def export_decoder(vae: VAE) -> dict:
    """Bộ giải mã của một VAE có hai biến tiềm ẩn, dưới dạng ghi được ra JSON."""
    if not isinstance(vae, VAE):
        raise InputError(f"LatentPlane nhận một VAE đã huấn luyện, ở đây là {type(vae).__name__}.")
    if vae.latent_dim != 2:
        raise InputError(
            f"VAE này có latent_dim = {vae.latent_dim}; hình này vẽ mặt phẳng tiềm ẩn nên cần 2."
        )
    if len(vae.event_shape) != 3 or vae.event_shape[0] != 1:
        raise InputError(
            f"event_shape = {vae.event_shape}; hình này vẽ ảnh xám, event_shape = (1, H, W)."
        )
    likelihood, layers = vae.likelihood, list(vae.decoder)
    if not isinstance(likelihood, CategoricalLikelihood):
        raise InputError(
            f"Đầu ra của bộ giải mã là {type(likelihood).__name__}; hình này biết tính "
            f"LogisticMixtureLikelihood và CategoricalLikelihood."
        )
    if not all(isinstance(m, nn.Linear | nn.SiLU | nn.Flatten) for m in layers):
        raise InputError("Trang chỉ tính được bộ giải mã gồm Linear xen kẽ SiLU.")
    if not all(bool(torch.isfinite(p).all()) for p in vae.parameters()):
        raise InputError("VAE có tham số NaN hoặc vô cực; hãy xem lại quá trình huấn luyện.")
    mixture = isinstance(likelihood, LogisticMixtureLikelihood)
    return {
        "kind": "logistic" if mixture else "categorical",
        "levels": likelihood.levels,
        "centers": likelihood.centers.tolist() if mixture else [],
        "size": list(vae.event_shape[1:]),
        "layers": [
            {"weight": pack(m.weight), "bias": pack(m.bias)}
            for m in layers
            if isinstance(m, nn.Linear)
        ],
    }


class LatentPlane(LiveFigure):
    """Kéo một điểm z trên mặt phẳng tiềm ẩn; trang giải mã nó thành ảnh E[x | z].

    Sách: (eq-elbo-split)

    Tham số
    -------
    vae    : VAE đã huấn luyện, latent_dim = 2, trên ảnh xám nguyên
    data   : ảnh (n, 1, H, W), để đặt μ(x) lên mặt phẳng; chỉ dùng 400 ảnh đầu
    labels : nhãn (n,) từ 0 đến 9, để tô màu
    point  : z lúc đầu
    name   : tên, để trang lý thuyết gọi lại: ```{live-figure} notebooks/<slug>.ipynb#<name>

    Trong sổ, sau khi kéo, Python đọc lại được `figure.point`.
    """

    _esm = module_source("latent_plane")

    decoder = traitlets.Dict().tag(sync=True)
    data = traitlets.List().tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    colors = traitlets.List(list(COLORS)).tag(sync=True)
    point = traitlets.List().tag(sync=True)
    view = traitlets.Enum(["data", "tiles"], "data").tag(sync=True)

    def __init__(self, vae: VAE, data: Tensor, labels: Tensor, point=(0.0, 0.0), **options):
        decoder = export_decoder(vae)
        vae.check(data, "data")
        if len(labels) != len(data):
            raise InputError(f"Có {len(data)} ảnh mà {len(labels)} nhãn; cần mỗi ảnh một nhãn.")
        options.setdefault(
            "alt",
            "Hình tương tác: bên trái là mặt phẳng tiềm ẩn với các chữ số đặt tại μ(x), "
            "bên phải là ảnh giải mã từ điểm đang kéo; đi từ vùng này sang vùng khác, "
            "chữ số đổi hình dần dần.",
        )
        like = next(vae.parameters())
        with torch.no_grad():
            means = vae.encode(data[:400].to(like))[0]
        super().__init__(
            decoder=decoder,
            data=rounded(means.cpu().numpy()),
            labels=[int(label) for label in labels[:400]],
            point=[float(v) for v in point],
            **options,
        )
        self._vae = vae

    @torch.no_grad()
    def still(self) -> Figure:
        like = next(self._vae.parameters())
        side, (_, height, width) = 9, self._vae.event_shape
        ticks = torch.linspace(-REACH, REACH, 2 * side + 1)[1::2]  # tâm của mỗi ô
        # Hàng trên cùng có z₂ lớn nhất, như trên mặt phẳng.
        z = torch.stack(torch.meshgrid(ticks, ticks.flip(0), indexing="xy"), -1).view(-1, 2)
        images = self._vae.likelihood.mean(self._vae.decode(z.to(like))).cpu()
        images = torch.nn.functional.pad(images, (1, 1, 1, 1), value=float(images.max()) / 3)
        height, width = height + 2, width + 2  # khe xám giữa hai ảnh nhỏ
        table = images.view(side, side, height, width).permute(0, 2, 1, 3)

        figure = still_figure(7.2, 3.6)
        left, right = figure.subplots(1, 2)
        means, labels = torch.tensor(self.data), torch.tensor(self.labels)
        for label in labels.unique().tolist():
            chosen = means[labels == label]
            left.scatter(*chosen.T.numpy(), s=6, color=COLORS[label % 10], linewidths=0)
            left.annotate(str(label), chosen.median(0).values.tolist(), fontsize=13, weight="bold")
        left.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")
        left.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), title="$\\mu_\\phi(x)$ của dữ liệu")
        right.imshow(
            table.reshape(side * height, side * width).numpy(),
            cmap="gray_r",
            extent=(-REACH, REACH) * 2,
        )
        right.set(xlabel="$z_1$", ylabel="$z_2$", title="$E[x \\mid z]$")
        return figure
