# Đúng: xác định tầng tương đương từ ảnh của 0 và 1.
def compose_couplings(s, m):
    def stack(h):
        for k in range(s.shape[0]):
            h = torch.exp(s[k]) * h + m[k]
        return h

    shift = stack(torch.zeros_like(m[0]))
    return torch.sum(s, 0), shift
