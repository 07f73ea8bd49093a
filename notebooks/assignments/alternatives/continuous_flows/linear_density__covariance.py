# Đúng: MultivariateNormal với hiệp phương sai của x₁; đạo hàm bằng vi phân tự động.
def linear_log_prob(x, B):
    E = torch.linalg.matrix_exp(B.double())
    zero = torch.zeros(len(B), dtype=torch.float64)
    # scale_tril từ phân tích QR của Eᵀ
    R = torch.linalg.qr(E.T).R
    L = R.T * R.diagonal().sign()
    return torch.distributions.MultivariateNormal(zero, scale_tril=math.sqrt(⟦variance⟧) * L).log_prob(x.double())


def two_rates(x, t, b):
    def log_p(x, t):
        return torch.distributions.Normal(0.0, math.sqrt(⟦variance⟧) * torch.exp(b * t)).log_prob(x)

    where, when = torch.tensor(float(x)), torch.tensor(float(t))
    still = torch.func.grad(log_p, argnums=1)(where, when)
    slope = torch.func.grad(log_p)(where, when)
    return torch.stack([still + b * where * slope, still])
