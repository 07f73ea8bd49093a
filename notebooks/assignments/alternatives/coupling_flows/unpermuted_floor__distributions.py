# Đúng: dùng torch.distributions.
wide = torch.distributions.Normal(⟦mean⟧, math.sqrt(⟦variance⟧))
entropy = wide.entropy()
cost = entropy + torch.distributions.kl_divergence(wide, torch.distributions.Normal(0.0, 1.0))
