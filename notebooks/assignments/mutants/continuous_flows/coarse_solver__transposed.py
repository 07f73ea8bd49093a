# Sai: nhân với chuyển vị của B.
def reported_log_prob(x, B, K):
    """log p̂(x) mà K bước Euler báo, kích thước (n,)."""
    B = ⟦coarse_end⟧ * B
    z = x
    for _ in range(K):
        z = z - z @ B / K
    base = -0.5 * z.square().sum(1) - 0.5 * x.shape[1] * math.log(2 * math.pi)
    return base - B.trace()


def reported_mass(B, K):
    """Tổng khối lượng của mật độ mà Euler báo."""
    B = ⟦coarse_end⟧ * B
    step = torch.eye(len(B), dtype=B.dtype) - B / K
    return torch.exp(-B.trace() - K * torch.linalg.slogdet(step).logabsdet)


def round_trip(x, B, K):
    """Đi xuôi K bước Euler rồi ngược K bước Euler."""
    B = ⟦coarse_end⟧ * B
    for _ in range(K):
        x = x + x @ B.T / K
    for _ in range(K):
        x = x - x @ B.T / K
    return x
