# Đúng: dùng phân phối của torch, để nguyên tensor.
normal = torch.distributions.Normal(0.0, 0.02)
density = normal.log_prob(torch.tensor(0.0)).exp()
probability = normal.cdf(torch.tensor(0.005)) - normal.cdf(torch.tensor(-0.005))
entropy = normal.entropy()
