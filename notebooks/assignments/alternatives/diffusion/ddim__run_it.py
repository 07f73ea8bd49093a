# Đúng: thừa số bằng cách chạy chính ddim_sample trên x = 1.
def ddim_step(x, eps, k, j, alpha_bar, eta, xi):
    now, then = (float(alpha_bar[i]) for i in (k, j))
    clean = (x - eps * (1 - now) ** 0.5) * now**-0.5
    tilde = (1 - then) / (1 - now) * (1 - now / then)
    old = max(1 - then - eta * eta * tilde, 0.0)
    return then**0.5 * clean + old**0.5 * eps + (eta * tilde**0.5) * xi


def ddim_sample(net, x, stops, alpha_bar):
    T = len(alpha_bar) - 1
    k = stops[0]
    for j in stops[1:]:
        x = ddim_step(x, net(⟦clock⟧ * torch.tensor(k / T).double(), x), k, j, alpha_bar, 0, x)
        k = j
    return x


def gaussian_factor(c, stops, alpha_bar):
    table, T = alpha_bar.double(), len(alpha_bar) - 1

    def net(s, x):
        level = table[round(float(s) / ⟦clock⟧ * T)]
        return (1 - level).sqrt() / (level * c**2 + 1 - level) * x

    one = torch.ones(1, 1, dtype=torch.float64)
    spread = [float(table[k]) * (c**2 - 1) + 1 for k in (stops[0], stops[-1])]
    return ddim_sample(net, one, stops, alpha_bar)[0, 0], (spread[1] / spread[0]) ** 0.5
