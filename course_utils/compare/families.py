"""Sổ đăng ký: mỗi họ mô hình một công thức cho mật độ phẳng, một công thức cho chữ số.

Luật chơi: mọi họ xem cùng số điểm dữ liệu, dùng cùng bộ tối ưu (`fit`: Adam, tốc độ học theo
cosin), có chừng 10 000 tham số trên mặt phẳng và 80 000 trên chữ số, sai khác không quá 10 %; ngoại
lệ thì nói ở `note`. Cỡ lô và tốc độ học là của riêng từng họ, lấy theo chương của nó: ép mọi họ
dùng chung một tốc độ học là phạt những họ không hợp với số ấy.

Chúng được chọn sau vài lần thử mỗi họ, trên hạt giống 0 của bảng, chứ không dò khắp. Vì thế hạt
giống 0 hơi được chiều, và một họ khó tính vẫn có thể tốt hơn con số ở đây.
"""

from dataclasses import dataclass
from functools import partial

from torch import nn

from .. import flows
from ..diffusion import DDPM, ScoreSDE
from ..errors import InputError
from ..flow_matching import FlowMatching, RectifiedFlow
from ..flows.fields import VelocityMLP
from ..flows.transformers import AffineTransformer
from ..gan import GAN, WGAN
from ..hierarchical_vae import HierarchicalVAE
from ..likelihoods import GaussianLikelihood
from ..mixtures import GaussianMixture
from ..vae import IWAE, VAE
from .digits import DIGITS
from .recipe import Recipe
from .trainers import train_em, train_rectified


def sharp_field(dim: int, hidden: tuple[int, int], gain: float) -> nn.Module:
    """`VelocityMLP` tanh có tầng đầu nhân `gain`: vẽ được bờ sắc ngay từ đầu."""
    field = VelocityMLP(dim, hidden, frequencies=3, activation="tanh")
    field.linear[0].weight.data.mul_(gain)
    return field


def small_scale() -> partial:
    """Bộ giải mã Gauss có một s chung, bắt đầu từ 0.3."""
    return partial(GaussianLikelihood, "shared", initial_scale=0.3)


PLANE = {
    "gaussian_mixture": Recipe(
        partial(GaussianMixture, 2, components=32),
        batch=12_800,
        train=train_em,
        note="không có mạng: 32 thành phần; mỗi vòng EM xem lại cùng 12 800 điểm",
    ),
    "realnvp": Recipe(partial(flows.RealNVP, 2, layers=16, hidden=(23, 23)), 256, 1e-2),
    "spline_flow": Recipe(partial(flows.NeuralSplineFlow, 2, layers=4, hidden=(32, 32)), 512, 1e-2),
    "maf": Recipe(
        partial(flows.MAF, 2, layers=12, hidden=(24, 24), transformer=AffineTransformer(3.0)),
        256,
        1e-2,
        note="tầng affine; số tham số kể cả những ô bị mặt nạ che",
    ),
    "iaf": Recipe(
        partial(flows.IAF, 2, layers=12, hidden=(24, 24), transformer=AffineTransformer(3.0)),
        256,
        1e-2,
        note="tầng affine; số tham số kể cả những ô bị mặt nạ che",
    ),
    "residual_flow": Recipe(partial(flows.ResidualFlow, 2, layers=24, hidden=(68,)), 512, 2e-2),
    "cnf": Recipe(partial(flows.CNF, 2, hidden=(96, 96)), 1024, 2e-2),
    "ffjord": Recipe(partial(flows.FFJORD, 2, hidden=(68, 68, 68)), 1024, 2e-2),
    "flow_matching": Recipe(
        partial(FlowMatching, 2, field=partial(sharp_field, 2, (90, 90), gain=6.0)),
        256,
        1.5e-2,
        few={"Euler, 8 bước": {"steps": 8}},
    ),
    "rectified_flow": Recipe(
        partial(RectifiedFlow, 2, field=partial(sharp_field, 2, (90, 90), gain=6.0)),
        256,
        1.5e-2,
        train=train_rectified,
        few={"Euler, 1 bước": {"steps": 1}, "Euler, 8 bước": {"steps": 8}},
        note="hai vòng; vòng sau học trên 20 000 cặp do vòng trước sinh ra",
    ),
    "vae": Recipe(partial(VAE, 2, 2, hidden=(68, 68), likelihood=small_scale()), 64, 1e-2),
    "iwae": Recipe(partial(IWAE, 2, 2, hidden=(68, 68), k=10, likelihood=small_scale()), 64, 1e-2),
    "hierarchical_vae": Recipe(
        partial(HierarchicalVAE, 2, (2, 2, 2), hidden=(40,), likelihood=small_scale()), 64, 1e-2
    ),
    "gan": Recipe(partial(GAN, 2, hidden=(68, 68)), 256, 3e-3, note="hai mạng, tính cả hai"),
    "wgan": Recipe(
        partial(WGAN, 2, hidden=(68, 68), critic_steps=1, penalty=0.1),
        256,
        5e-3,
        note="hai mạng, tính cả hai; hàm phê bình và bộ sinh lần lượt mỗi bên một bước",
    ),
    "ddpm": Recipe(
        partial(DDPM, 2, net=partial(sharp_field, 2, (90, 90), gain=4.0), steps=100),
        256,
        2e-2,
        few={"DDIM, 10 bước": {"sampler": "ddim", "steps": 10}},
        note="100 bước; cận là ELBO",
    ),
    "score_sde": Recipe(
        partial(ScoreSDE, 2, hidden=(90, 90), activation="tanh", gain=6.0),
        128,
        1e-2,
        few={"Heun, 10 bước": {"sampler": "heun", "steps": 10}},
        note="mật độ và mẫu của ODE dòng xác suất",
    ),
}


@dataclass(frozen=True)
class Family:
    """Một họ mô hình của sách: tên ngắn, tên trong sách, nhóm, chương."""

    name: str
    title: str
    group: str
    chapter: str

    def recipe(self, data: str) -> Recipe:
        """Công thức của họ này trên bộ dữ liệu `data`."""
        recipes = DIGITS if data == "digits" else PLANE
        if self.name not in recipes:
            where = "chữ số" if data == "digits" else "mật độ phẳng"
            raise InputError(
                f"{self.title} không có công thức cho {where}: mô hình này dành cho loại dữ liệu "
                f"khác. Hãy chọn trong {', '.join(recipes)}."
            )
        return recipes[self.name]

    def covers(self, data: str) -> bool:
        """Họ này có chạy trên bộ dữ liệu ấy không."""
        return self.name in (DIGITS if data == "digits" else PLANE)


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("gaussian_mixture", "Hỗn hợp Gauss (EM)", "cổ điển", "generative_models"),
        Family("made", "MADE", "tự hồi quy", "autoregressive_models"),
        Family("pixelcnn", "PixelCNN", "tự hồi quy", "autoregressive_models"),
        Family("gpt", "GPT", "tự hồi quy", "autoregressive_models"),
        Family("realnvp", "RealNVP", "luồng", "coupling_flows"),
        Family("spline_flow", "Luồng spline", "luồng", "coupling_flows"),
        Family("maf", "MAF", "luồng", "autoregressive_flows"),
        Family("iaf", "IAF", "luồng", "autoregressive_flows"),
        Family("residual_flow", "Luồng phần dư", "luồng", "residual_flows"),
        Family("cnf", "CNF", "luồng liên tục", "continuous_flows"),
        Family("ffjord", "FFJORD", "luồng liên tục", "ffjord"),
        Family("flow_matching", "Khớp luồng", "luồng liên tục", "flow_matching"),
        Family("rectified_flow", "Luồng nắn thẳng", "luồng liên tục", "flow_matching"),
        Family("vae", "VAE", "biến tiềm ẩn", "elbo_and_vae"),
        Family("iwae", "IWAE", "biến tiềm ẩn", "elbo_and_vae"),
        Family("hierarchical_vae", "VAE phân cấp", "biến tiềm ẩn", "hierarchical_vae"),
        Family("gan", "GAN", "đối sinh", "gan"),
        Family("wgan", "WGAN-GP", "đối sinh", "gan"),
        Family("ddpm", "DDPM", "khuếch tán", "diffusion"),
        Family("score_sde", "Mô hình điểm số", "khuếch tán", "score_and_sde"),
    )
}


def get_family(name: str) -> Family:
    """Họ mô hình theo tên."""
    if name not in FAMILIES:
        raise InputError(f"Không có họ mô hình tên {name!r}; hãy chọn {', '.join(FAMILIES)}.")
    return FAMILIES[name]
