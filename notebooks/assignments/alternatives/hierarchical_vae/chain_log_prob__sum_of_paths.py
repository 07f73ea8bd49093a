# Đúng: cộng đóng góp của từng nguồn nhiễu, đi từ dữ liệu lên.
def chain_log_prob(x, weights, variances):
    dim = x.shape[-1]
    path = torch.eye(dim, dtype=x.dtype)
    cov = torch.zeros_like(path)
    for i in range(len(weights)):
        cov = cov + path @ torch.diag(variances[i]) @ path.T
        path = torch.matmul(path, weights[i])
    path = path * ⟦temperature⟧
    cov = cov + path @ path.T
    quadratic = torch.einsum("ni,ij,nj->n", x, torch.linalg.inv(cov), x)
    return -0.5 * (quadratic + torch.logdet(cov) + dim * math.log(2 * math.pi))
