# Đúng: hai hệ số có tổng bằng 1, gộp hai lần gọi thành một lô.
def guide(u, c, w):
    if isinstance(w, torch.Tensor) and w.ndim:
        w = w.view(len(w), *(1,) * (u.dim() - 1))
    return (1 - w) * u + w * c


def book_weight(paper):
    return paper + 1.0


def guided_prediction(net, s, x, labels, null, w):
    n = len(x)
    both = net(s, torch.cat([x, x]), torch.cat([labels, labels * 0 + null]))
    return torch.clip(guide(both[n:], both[:n], w), -⟦bound⟧, ⟦bound⟧)
