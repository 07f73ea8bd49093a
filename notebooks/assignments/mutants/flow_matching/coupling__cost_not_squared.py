# Sai: chi phí là quãng đường trung bình.
from scipy.optimize import linear_sum_assignment


def ot_order(x0, x1, block):
    order = []
    for start in range(0, len(x0), block):
        here, there = x0[start : start + block], x1[start : start + block]
        cost = (there[:, None, :] - here).norm(dim=2) ** ⟦power⟧
        _, chosen = linear_sum_assignment(cost.numpy())
        order += [start + int(k) for k in chosen]
    return torch.tensor(order)


def transport_cost(x0, x1, order):
    return (x1 - x0[order]).norm(dim=1).mean()
