# Đúng: hệ số là tensor float32 không chiều.
def denoised(score, x, a, sigma):
    a, sigma = torch.tensor(float(a)), torch.tensor(float(sigma))
    return x / a + sigma**2 / a * score


def to_velocity(score, x, a, sigma, slope_a, slope_sigma):
    f = torch.tensor(slope_a / a)
    square = torch.tensor(2 * sigma * slope_sigma - 2 * slope_a / a * sigma**2)  # g²
    return -(f * x - 0.5 * square * score) / ⟦span⟧


def to_score(velocity, x, a, sigma, slope_a, slope_sigma):
    path = torch.tensor([[a, sigma], [slope_a, slope_sigma]], dtype=x.dtype)
    sides = torch.stack([x.reshape(-1), -⟦span⟧ * velocity.reshape(-1)])
    noise = torch.linalg.solve(path, sides)[1]
    return (-noise / sigma).reshape(x.shape)
