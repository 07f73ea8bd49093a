"""Những số tính tay mà máy không tự đọc được từ công thức cạnh đó, tính lại theo một đường khác.

Mỗi chương một hàm, cho các cặp (số in trong trang, giá trị đúng). Đường khác nghĩa là: phân phối
của scipy, ma trận đầy đủ, cầu phương, giải phương trình; không chép phép tính của trang.
"""

import itertools
import math

import numpy as np
from scipy import integrate, optimize, stats
from scipy.special import expit, rel_entr

normal = stats.norm.logpdf
LN2 = math.log(2)


def kl_normal(m, v, m2=0.0, v2=1.0):
    """KL(N(m, v) ‖ N(m2, v2)) bằng cầu phương."""
    q, p = stats.norm(m, math.sqrt(v)), stats.norm(m2, math.sqrt(v2))
    low, high = m - 12 * math.sqrt(v), m + 12 * math.sqrt(v)
    return integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), low, high)[0]


def autoregressive_flows():
    order = np.arange(1, 7)
    sums = stats.multivariate_normal(np.zeros(6), np.minimum.outer(order, order))
    yield "11.0136", -sums.logpdf([1, 2, 0, 1, 1, 3])
    # z = (1, −0.5, 2): mẹo song song lấy x₂ thay cho z₂ khi gỡ x₃.
    z1, z2, z3 = 1, -0.5, 2
    x2 = z2 * math.exp(0.3 * z1)
    x3 = z3 * math.exp(0.3 * z2)
    yield "2.1078", x3 * math.exp(-0.3 * x2)


def autoregressive_models():
    first, second = 0.6, {1: 0.7, 0: 0.1}
    third = {(1, 1): 0.55, (1, 0): 0.5, (0, 1): 0.5, (0, 0): 0.1}
    table = {}
    for x in itertools.product((0, 1), repeat=3):
        p = first if x[0] else 1 - first
        p *= second[x[0]] if x[1] else 1 - second[x[0]]
        p *= third[x[:2]] if x[2] else 1 - third[x[:2]]
        table[x] = p
    for x, printed in zip(
        table, "0.324 0.036 0.020 0.020 0.090 0.090 0.189 0.231".split(), strict=True
    ):
        yield printed, table[x]
    yield "2.4079", -math.log(table[1, 0, 1])
    yield "3.4739", -math.log2(table[1, 0, 1])
    cold = {x: p**4 for x, p in table.items()}
    ones = sum(p for x, p in cold.items() if x[0])
    yield "0.00425", ones
    yield "0.01102", sum(cold.values()) - ones
    yield "0.279", ones / sum(cold.values())
    yield "0.1296", 0.6**4
    yield "0.1552", 0.6**4 + 0.4**4
    yield "0.835", 0.6**4 / (0.6**4 + 0.4**4)
    pair = stats.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]])
    yield "3.6460", -pair.logpdf([2, 1])
    yield "0.7270", -normal(1, 1.2, 0.8)
    yield "2.2270", -normal(2, 0.6, 0.8)
    yield "0.0312", 0.2**2 / (2 * 0.64)
    yield "0.6958", -normal(0, 0, 0.8)
    yield "1.5312", 1.4**2 / (2 * 0.64)
    yield "4.1147", -pair.logpdf([1, -1])
    yield "0.625", 0.5 / 0.8
    yield "0.375", 0.3 / 0.8
    yield "5.6439", math.log2(50)


def change_of_variables():
    yield "1.8379", -2 * normal(0)
    yield "0.1241", math.log(3) + normal(1 / 3)
    yield "0.9989", -normal(0.4)
    # f₃∘f₂∘f₁ với f₁ = 3z, f₂ = e^y, f₃ = 1 − 2y, đạo hàm bằng sai phân.
    chain, h = (lambda z: 1 - 2 * math.exp(3 * z)), 1e-6
    slope = abs(chain(0.4 + h) - chain(0.4 - h)) / (2 * h)
    yield "5.6402", -chain(0.4)
    yield "3.9907", -(normal(0.4) - math.log(slope))
    yield "3.1907", -(normal(0.4) - math.log(3) - 0.4 - LN2)
    yield "1.237", 2 / 3 * (64 * 64 * 3) ** 3 / 1e12


def continuous_flows():
    # u = (x₁/2, −x₂) từ t = 0 đến 1; log p(2, ½).
    z = [2 * math.exp(-0.5), 0.5 * math.e]
    yield "1.2131", z[0]
    yield "1.3591", z[1]
    yield "3.9973", -(normal(z).sum() - 0.5)
    yield "3.4629", -(normal([2, 0.5]).sum() + 0.5)
    yield "2.71828", math.e
    end = integrate.solve_ivp(lambda t, x: x / 2, (0, 1), [2], rtol=1e-10, atol=1e-12).y[0, -1]
    yield "10.873", end**2
    h = 1e-5
    yield "5.4366", (((2 + h) ** 2 - (2 - h) ** 2) / 2 * math.e) / (2 * h)
    yield "0.399", stats.norm.pdf(0)
    yield "0.505", (1 + 0.01) / 2
    yield "0.02507", 2 * stats.norm.ppf(0.505)
    # Hồi quy đẳng phương của |x| trên [−1, 1]: gộp những đoạn giảm (PAVA) trên lưới.
    x = np.linspace(-1, 1, 40_001)
    fitted = optimize.isotonic_regression(np.abs(x)).x
    yield "0.0572", np.mean((fitted - np.abs(x)) ** 2)
    yield "0.577", optimize.brentq(lambda x: 3 * x**2 - 1, 0, 1)
    for K, printed in ((199, "1.01003"), (200, "1.00998")):
        scale = (1 + 2 / K) ** K
        yield (
            printed,
            integrate.quad(lambda x, c=scale: stats.norm.pdf(c * x) * math.e**2, -3, 3)[0],
        )


def diffusion():
    # Chuỗi hai bước β = (0.1, 0.2), x₀ = 1, x₂ = ½: gộp hai Gauss.
    yield "0.9487", math.sqrt(0.9)
    yield "0.5590", 0.5 / math.sqrt(0.8)
    yield "0.3194", math.sqrt(0.8) * 0.1 / 0.28
    end = np.prod(1 - np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2)
    yield "4.68", end / (1 - end) * 1e3
    end = np.prod(1 - np.linspace(1e-4, 0.02, 1000))
    yield "6.35", math.sqrt(end) * 1e3
    yield "2.02", kl_normal(math.sqrt(end), 1 - end) * 1e5
    yield "4.036", np.prod(1 - np.linspace(1e-4, 0.02, 1000)) * 1e5
    yield "0.364", np.prod(1 - np.linspace(1e-4, 0.02, 100))
    yield "0.0251", math.tan(math.radians(9)) ** 2
    for s, c2, printed in ((0.9, 0.01, "0.00025 0.01025"), (0.1, 0.01, "0.3986 0.4086")):
        first = c2 / math.tan(math.pi * s / 2) ** 2
        yield from zip(printed.split(), (first, first + 0.01), strict=True)
    yield "0.1413", 0.2 * (0.9 * 0.25 + 0.1) / (0.72 * 0.25 + 0.28)


def elbo_and_vae():
    yield "0.5338", 0.5 * (1 + math.sqrt(2) - 1 - math.log(math.sqrt(2)))


def ffjord():
    yield "0.693", LN2
    # Cận của tọa độ thêm, ρ = 0.8, mà quên entropy của q.
    yield "4.1048", math.log(2 * math.pi * math.e) + 1 / (1 - 0.64) - 1 + math.log(0.36) / 2
    yield "0.0125", 1e-3 / 0.08

    def best(weight):
        return optimize.brentq(lambda s: 1 / s - 4 / s**3 + 2 * weight * (s - 1), 1, 2, xtol=1e-12)

    yield "1.388", best(1)
    yield "0.173", kl_normal(0, 4, 0, best(1) ** 2)
    yield "1.963", best(0.01)
    yield "0.0003", kl_normal(0, 4, 0, best(0.01) ** 2)
    yield "0.0004", 0.01**2 * 4


def flow_matching():
    yield "0.559", math.hypot(0.5 * 0.5, 0.5)

    def slope(t):  # d/dt của √(t²/4 + (1 − t)²)
        return (t / 4 - (1 - t)) / math.sqrt(t**2 / 4 + (1 - t) ** 2)

    yield "0.2146", integrate.quad(lambda t: slope(t) ** 2, 0, 1)[0] - 0.5**2
    u = (np.arange(100_000) + 0.5) / 100_000  # ghép theo phân vị
    yield "4.25", np.mean((stats.norm(2, 0.5).ppf(u) - stats.norm.ppf(u)) ** 2)
    for t, printed in ((0.25, "1.1892"), (0.75, "0.3077")):
        yield printed, -slope(t) / math.sqrt(t**2 / 4 + (1 - t) ** 2)


def gan():
    yield "4.540", expit(-10) * 1e5
    yield "4.54", expit(-10) * 1e5
    yield "0.99995", expit(10)
    yield "0.707", math.sqrt(0.5)
    p, q = np.array([2, 1, 1]) / 4, np.array([1, 1, 2]) / 4
    yield "0.0425", (rel_entr(p, (p + q) / 2) + rel_entr(q, (p + q) / 2)).sum() / 2
    yield "1.00005", 1 / (1 - expit(-10))
    yield "0.632", math.sqrt(2 * 0.2)


def generative_models():
    def step(x, left, right, weights=(0.5, 0.5)):
        """Một bước EM với hai Gauss cùng phương sai 1."""
        joint = np.stack(
            [w * stats.norm.pdf(x, m) for w, m in zip(weights, (left, right), strict=True)]
        )
        r = joint / joint.sum(0)
        means = (r * x).sum(1) / r.sum(1)
        spread = (r * (x - means[:, None]) ** 2).sum(1) / r.sum(1)
        return r, r.mean(1), means, spread

    r, _, means, spread = step(np.array([0, 1, 2, 5.0]), 1, 3)
    yield from zip("0.9820 0.8808 0.5000 0.0025".split(), r[0], strict=True)
    yield from zip("0.0180 0.1192 0.5000 0.9975".split(), r[1], strict=True)
    yield "3.7357", means[1]
    yield from zip(("0.6035", "2.5961"), spread, strict=True)
    r, share, means, _ = step(np.array([-1, 0, 4.0]), 0, 2)
    yield "0.6218", share[0]
    yield "0.5212", -means[0]
    yield "0.324", 0.0095 / (0.0095 + 0.0198)
    yield "14.7", 10 * 0.9 + 190 * 0.03


def guided(w, start=1e-4):
    """(trung bình, phương sai) của mẫu SDE và ODE dẫn hướng: hai phương trình moment theo a."""

    def rates(a, y, noise):
        mean, var = y
        v = a * a / 4 + 1 - a * a
        slope, offset = -(1 - w) - w / v, w * a / v
        score = noise * (slope * mean + offset)
        return [(mean + score) / a, (2 * (1 + noise * slope) * var + (2 if noise > 1 else 0)) / a]

    for noise in (2, 1):
        yield integrate.solve_ivp(
            rates, (start, 1), [0, 1], args=(noise,), method="LSODA", rtol=1e-9, atol=1e-11
        ).y[:, -1]


def guided_and_latent_diffusion():
    for w, cold, sde, ode in (
        (1, "0.250", "0.250", "0.250"),
        (2, "0.143", "0.109", "0.063"),
        (4, "0.077", "0.048", "0.004"),
    ):
        (_, spread), (mean, width) = guided(w)
        yield from zip((cold, sde, ode), (1 / (1 + 3 * w), spread, width), strict=True)
        if w == 2:
            yield "1.380", mean
    yield "1.143", 2 * 3 * (4 / 3) / 7
    yield "0.1429", 1 / 7
    yield "0.4545", 1 / (1 + 2 * (1 / 0.625 - 1))
    yield "1.414", 2 * math.sqrt(0.5)
    yield "0.845", 2 * math.e / (2 * math.e + 1)


def hierarchical_vae():
    # (z₁, z₂) dưới q tại x = 1.
    mean, cov = np.array([0.5, 0.25]), np.array([[0.5, 0.25], [0.25, 0.625]])
    reconstruction = normal(1, 0.5, 1) - 0.25  # E log N(1; z₁, 1)
    entropy = stats.multivariate_normal(mean, cov).entropy()
    step = np.array([1, -1])
    square = step @ cov @ step + (step @ mean) ** 2
    prior = -math.log(2 * math.pi) - 0.5 * (cov[1, 1] + mean[1] ** 2 + square)
    kl = -entropy - prior
    yield "0.3806", kl
    top = 0.5 * (0.5 + 0.75 / 4 - 1 + LN2)
    z, weight = np.polynomial.hermite_e.hermegauss(8)  # đúng cho đa thức tới bậc 15
    at = 0.25 + math.sqrt(0.625) * z
    apart = sum(w * kl_normal(0.5, 0.5, m, 1) for w, m in zip(weight, at, strict=True))
    apart /= weight.sum()
    yield "0.4403", apart
    yield "1.9246", -reconstruction + top + apart
    flat = kl_normal(0.5, 0.5)
    yield "0.2216", flat
    yield "1.5943", -reconstruction + kl_normal(0.25, 0.625) + flat
    v1 = 1 + 3 * math.exp(-8)
    yield "3.9960", 4 / v1
    yield "0.8053", kl_normal(0, 4 / v1)


def likelihood_and_information():
    yield "1.4427", math.log2(math.e)
    yield "0.6931", LN2
    yield "0.2180", rel_entr([0.5, 0.3, 0.2], [0.25, 0.25, 0.5]).sum()
    yield "0.0797", stats.norm.cdf(0.1) - stats.norm.cdf(-0.1)
    yield "0.607", integrate.quad(lambda x: math.cos(x) * stats.norm.pdf(x), -12, 12)[0]
    coin = stats.bernoulli(0.25)
    yield "0.2877", -coin.logpmf(0)
    yield "0.5623", coin.entropy()
    yield "1.6226", 2 * coin.entropy() / LN2
    yield "0.1733", rel_entr([0.5, 0.25, 0.25], [0.25, 0.25, 0.5]).sum()
    pairs = [(0.5, 0.1), (0.5, 0.25), (0.25, 0.1)]
    kls = [rel_entr([a, 1 - a], [b, 1 - b]).sum() for a, b in pairs]
    yield from zip("0.5108 0.1438 0.0923".split(), kls, strict=True)
    yield "0.2362", kls[1] + kls[2]
    yield "3.2874", 7000 / (3072 * LN2)
    parts, weights = ((-1, 1), (3, 0.45**2)), (0.8, 0.2)
    mean = sum(w * m for w, (m, _) in zip(weights, parts, strict=True))
    second = sum(w * (m * m + v) for w, (m, v) in zip(weights, parts, strict=True))
    yield "1.8440", math.sqrt(second - mean**2)
    yield "0.97", 1 - 2**-5


def model_comparison():
    for S, printed in ((2, "12.706"), (3, "4.303"), (4, "3.182"), (5, "2.776"), (10, "2.262")):
        yield printed, stats.t.ppf(0.975, S - 1)
    yield "2.045", stats.t.ppf(0.975, 29)
    yield "1.960", stats.norm.ppf(0.975)
    yield "1.96", stats.norm.ppf(0.975)
    yield "0.84", stats.norm.ppf(0.8)
    yield "97.5", 100 * stats.norm.cdf(stats.norm.ppf(0.975))
    gaps = np.array([0.041, 0.052, 0.048])
    low, high = stats.t.interval(0.95, 2, gaps.mean(), stats.sem(gaps))
    yield "0.047", gaps.mean()
    yield "0.0470", gaps.mean()
    yield "0.014", (high - low) / 2
    yield "0.033", low
    yield "0.061", high
    yield from zip(("0.006", "0.005", "0.001"), abs(gaps - gaps.mean()), strict=True)
    b = np.array([0.13, 0.19, 0.16])
    yield "0.0745", stats.t.ppf(0.975, 2) * stats.sem(b)
    yield "0.0001", np.var([0.10, 0.12, 0.11], ddof=1)
    yield "0.0009", b.var(ddof=1)
    yield "3.64", stats.t.ppf(0.975, 200 / 82)
    yield "4.97", 2 * stats.t.ppf(0.975, 2) / math.sqrt(3)
    yield "2.27", stats.t.ppf(0.975, 4) * math.sqrt(2 / 3)
    for S, n, printed in ((3, 2000, "0.0113"), (6, 2000, "0.0102"), (3, 8000, "0.0076")):
        variance = 1e-4 / S + 0.16 / n + 0.09 / (n * S)
        yield printed, math.sqrt(variance)
        if (S, n) == (3, 2000):
            yield "1.283", variance * 1e4


def residual_flows():
    yield "0.9163", np.linalg.slogdet(np.eye(2) + np.outer([0.5, 0.5], [1, 2])).logabsdet
    x = 3
    for printed in (None, None, "1.875", "2.0625"):
        x = 3 - 0.5 * x
        if printed:
            yield printed, x
    yield "0.0488", np.linalg.slogdet(np.eye(2) + np.diag([0.5, -0.3])).logabsdet
    yield "2.3026", -math.log(0.1)
    yield "1.054", 10 / 9 * math.hypot(0.3, 0.3) * math.hypot(1, 2)
    yield "0.505", (1 + 0.01) / 2


def score_and_sde():
    # Dữ liệu N(0, 4), a = ½, σ² = ¾: E[ε | x = 1] từ hiệp phương sai của (ε, x).
    yield "0.4949", math.sqrt(0.75) / (0.25 * 4 + 0.75)
    for h, printed in ((0.1, "1.0526"), (0.5, "1.3333")):
        v = 1.0
        for _ in range(400):
            v = (1 - h) ** 2 * v + 2 * h
        yield printed, v
    yield "0.0066", math.exp(-0.5 * integrate.quad(lambda s: 0.1 + 19.9 * s, 0, 1)[0])
    yield "0.8333", 0.5 / 0.6
    yield "0.5070", -(normal(0.75) + LN2)
    yield "0.807", 1.5 - LN2
    yield "0.375", 1.5 / 4
