# Đúng: pdist cho các cặp khác nhau, hiệu trực tiếp cho số hạng chéo.
def mmd2(x, y, h):
    def kernel(squares):
        return torch.exp(-⟦alpha⟧ * torch.log1p(squares / (h * h * ⟦2 * alpha⟧))).mean()

    cross = (x[:, None] - y[None]).square().sum(-1)
    return kernel(torch.pdist(x) ** 2) + kernel(torch.pdist(y) ** 2) - 2 * kernel(cross)
