# Đúng: quy ước bài báo, đổi trọng số trước.
def guide(u, c, w):
    extra = torch.as_tensor(w) - 1
    extra = extra.to(u.dtype).expand(len(u))
    return torch.stack([(1 + e) * b - e * a for a, b, e in zip(u, c, extra)])


def book_weight(paper):
    return torch.tensor(paper) + 1


def guided_prediction(net, s, x, labels, null, w):
    empty = torch.tensor([null] * len(x))
    mixed = guide(net(s, x, empty), net(s, x, labels), w)
    edge = torch.full_like(mixed, ⟦bound⟧)
    return torch.minimum(torch.maximum(mixed, -edge), edge)
