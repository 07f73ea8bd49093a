# Đúng: dùng phân phối của torch, để nguyên tensor.
normal = torch.distributions.Normal(1.0, 4.0)
log_p_3 = normal.log_prob(torch.tensor([3.0]))
