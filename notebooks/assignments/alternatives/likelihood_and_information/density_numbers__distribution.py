# Đúng: dùng phân phối của torch, để nguyên tensor.
normal = torch.distributions.Normal(0.0, ⟦variance⟧**0.5)
density = normal.log_prob(torch.tensor(0.0)).exp()
probability = normal.cdf(torch.tensor(⟦radius⟧)) - normal.cdf(torch.tensor(-⟦radius⟧))
entropy = normal.entropy()
