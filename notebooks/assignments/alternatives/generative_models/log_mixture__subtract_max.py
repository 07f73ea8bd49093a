# Đúng: tự trừ giá trị lớn nhất trước khi lấy mũ.
def log_mixture(x, weights, means, stds):
    d = x.shape[1]
    squares = (((x[:, None] - means[None]) / stds[None]) ** 2).sum(2)
    logs = torch.log(weights) - squares / 2 - d / 2 * math.log(2 * math.pi) - stds.log().sum(1)
    top = logs.max(dim=1, keepdim=True).values
    return top[:, 0] + torch.log(torch.exp(logs - top).sum(1))
