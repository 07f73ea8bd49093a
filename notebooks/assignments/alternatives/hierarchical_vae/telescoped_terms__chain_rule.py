# Đúng: hiệu của hai KL nhiều chiều, theo quy tắc dây chuyền.
def joint_kl(mean_q, cov_q, cov_p):
    solve = torch.linalg.solve
    quadratic = mean_q @ solve(cov_p, mean_q) + torch.trace(solve(cov_p, cov_q))
    return 0.5 * (quadratic - len(mean_q) + torch.logdet(cov_p) - torch.logdet(cov_q))


def telescoped_terms(mean, cov, w, u):
    L = len(mean)
    prior, totals = torch.ones(1, 1, dtype=mean.dtype), []
    centre = torch.zeros(L, dtype=mean.dtype)
    for i in range(L - 1, -1, -1):
        if i < L - 1:
            centre[i] = w[i] * centre[i + 1] + ⟦drift⟧
            row = w[i] * prior[0]
            corner = (w[i] * row[0] + u[i]).reshape(1, 1)
            prior = torch.vstack(
                [torch.hstack([corner, row[None]]), torch.hstack([row[:, None], prior])]
            )
        totals.append(joint_kl(mean[i:] - centre[i:], cov[i:, i:], prior))
    differences = [totals[0]] + [b - a for a, b in zip(totals[:-1], totals[1:])]
    return torch.stack(differences[::-1])
