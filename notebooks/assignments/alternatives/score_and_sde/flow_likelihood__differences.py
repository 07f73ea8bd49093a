# Đúng: độ phân kỳ bằng sai phân; Heun.
def flow(score, s, x, beta_min, beta_max):
    beta = beta_min + s * (beta_max - beta_min)
    with torch.no_grad():
        return beta * (x + ⟦nu⟧ * score(s, x)) / -2


def log_likelihood(score, x, beta_min, beta_max):
    def both(s, y):
        total, tiny = 0, 1e-4
        for d in range(y.shape[1]):
            shift = torch.zeros_like(y)
            shift[:, d] = tiny
            up = flow(score, s, y + shift, beta_min, beta_max)
            down = flow(score, s, y - shift, beta_min, beta_max)
            total = total + (up - down)[:, d] / (2 * tiny)
        return flow(score, s, y, beta_min, beta_max), total

    # Bước dày ở đầu dữ liệu: s = r².
    n, answer = 150, 0
    for k in range(n):
        s, later = (k / n) ** 2, ((k + 1) / n) ** 2
        h = later - s
        u1, d1 = both(s, x)
        u2, d2 = both(later, x + h * u1)
        x, answer = x + h * (u1 + u2) / 2, answer + h * (d1 + d2) / 2
    return answer - 0.5 * (x**2 / ⟦nu⟧ + math.log(2 * math.pi * ⟦nu⟧)).sum(1)
