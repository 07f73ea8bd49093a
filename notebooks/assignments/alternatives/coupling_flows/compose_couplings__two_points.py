# Đúng: độ dời của tầng tương đương là ảnh của 0.
def compose_couplings(s, m):
    s = ⟦bound⟧ * (2 * torch.sigmoid(2 * s / ⟦bound⟧) - 1)

    def stack(h):
        for k in range(s.shape[0]):
            h = torch.exp(s[k]) * h + m[k]
        return h

    shift = stack(torch.zeros_like(m[0]))
    return torch.sum(s, 0), shift
