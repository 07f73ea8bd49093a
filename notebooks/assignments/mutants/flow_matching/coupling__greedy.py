# Sai: tham lam: lần lượt lấy nhiễu gần nhất còn lại.
from scipy.optimize import linear_sum_assignment


def ot_order(x0, x1, block):
    order = []
    for start in range(0, len(x0), block):
        here, there = x0[start : start + block], x1[start : start + block]
        cost = (there[:, None, :] - here).norm(dim=2) ** ⟦power⟧
        chosen, cost = [], cost.clone()
        for i in range(len(here)):
            chosen.append(int(cost[i].argmin()))
            cost[:, chosen[-1]] = math.inf
        order += [start + int(k) for k in chosen]
    return torch.tensor(order)


def transport_cost(x0, x1, order):
    return ((x1 - x0[order]).norm(dim=1) ** ⟦power⟧).mean()
