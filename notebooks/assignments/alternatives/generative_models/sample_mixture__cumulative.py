# Đúng: chọn thành phần bằng hàm phân phối tích lũy.
def sample_mixture(n, weights, means, stds):
    weights = torch.softmax(⟦gamma⟧ * weights.log(), dim=0)
    u = torch.rand(n, dtype=weights.dtype)
    chosen = torch.searchsorted(weights.cumsum(0)[:-1].contiguous(), u, right=True)
    return torch.normal(⟦unit⟧ * means[chosen], ⟦unit⟧ * stds[chosen])
