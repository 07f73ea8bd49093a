# Sai: so với nhiễu trắng N(0, I) thay vì N(0, vI).
def diffuse(x0, k, eps, beta):
    """x_k của từng điểm, mỗi điểm một bước k."""
    alpha_bar = torch.cat([beta.new_ones(1), (1 - beta).cumprod(0)])
    level = alpha_bar[k].reshape(-1, *[1] * (x0.ndim - 1))
    return level.sqrt() * x0 + (1 - level).sqrt() * eps


def snr(beta):
    """Tỉ số tín hiệu trên nhiễu ở k = 1, …, T."""
    alpha_bar = (1 - beta).cumprod(0)
    return alpha_bar / (1 - alpha_bar)


def terminal_kl(x0, beta):
    """KL từ q(x_T | x_0) tới N(0, vI), nat, kích thước (n,)."""
    left = (1 - beta).prod()  # phần tín hiệu còn lại ᾱ_T
    v = 1.0
    power = left * x0.square() + 1 - left  # E x_T² của từng tọa độ
    return 0.5 * (power / v - 1 - torch.log((1 - left) / v)).sum(1)
