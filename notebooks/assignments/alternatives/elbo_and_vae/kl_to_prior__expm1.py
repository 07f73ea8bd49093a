# Đúng: dùng expm1, vòng lặp trên các chiều.
def kl_to_prior(mean, log_var):
    total = torch.zeros_like(mean[:, 0])
    for m, v in zip(mean.T, log_var.T):
        v = v - math.log(⟦prior_variance⟧)  # log của tỉ số hai phương sai
        total = total + (m * m / ⟦prior_variance⟧ + torch.expm1(v) - v) / 2
    return total
