# Đúng: tự trừ giá trị lớn nhất trước khi lấy mũ.
def log_mixture(x, weights, means, stds):
    d = x.shape[1]
    variances = stds.square() + ⟦noise⟧ ** 2
    squares = ((x[:, None] - means[None]) ** 2 / variances[None]).sum(2)
    logs = torch.log(weights) - squares / 2 - d / 2 * math.log(2 * math.pi) - variances.log().sum(1) / 2
    top = logs.max(dim=1, keepdim=True).values
    return top[:, 0] + torch.log(torch.exp(logs - top).sum(1))
