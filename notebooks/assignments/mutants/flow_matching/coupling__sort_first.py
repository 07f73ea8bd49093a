# Sai: xếp theo tọa độ đầu: chỉ tối ưu trong một chiều.
from scipy.optimize import linear_sum_assignment


def ot_order(x0, x1, block):
    order = []
    for start in range(0, len(x0), block):
        here, there = x0[start : start + block], x1[start : start + block]
        cost = (there[:, None, :] - here).norm(dim=2) ** ⟦power⟧
        ranks = there[:, 0].argsort().argsort()
        chosen = here[:, 0].argsort()[ranks].tolist()
        order += [start + int(k) for k in chosen]
    return torch.tensor(order)


def transport_cost(x0, x1, order):
    return ((x1 - x0[order]).norm(dim=1) ** ⟦power⟧).mean()
