# Đúng: dùng khoảng cách cdist bình phương, ghép các khối bằng torch.split.
def ot_order(x0, x1, block):
    import scipy.optimize

    pieces, start = [], 0
    for a, b in zip(x0.split(block), x1.split(block)):
        rows, columns = scipy.optimize.linear_sum_assignment(torch.cdist(b, a) ** ⟦power⟧)
        pieces.append(torch.as_tensor(columns) + start)
        start += len(a)
    return torch.cat(pieces)


def transport_cost(x0, x1, order):
    moved = torch.nn.functional.pairwise_distance(x1, x0[torch.as_tensor(order)], eps=0)
    return moved.pow(⟦power⟧).mean()
