# Đúng: hai vector u và v, không lan truyền gradient, trả về float.
def spectral_norm(W, steps):
    with torch.no_grad():
        u = torch.nn.functional.normalize(torch.randn(W.size(0), dtype=W.dtype), dim=0)
        v = torch.zeros(W.size(1), dtype=W.dtype)
        for _ in range(steps):
            v = torch.nn.functional.normalize(W.t().mv(u), dim=0)
            u = torch.nn.functional.normalize(W.mv(v), dim=0)
        return float(u @ W @ v)


def limit_norm(W, bound, steps):
    bound = bound / ⟦gain⟧
    sigma = spectral_norm(W, steps)
    return W / max(1.0, sigma / bound)
