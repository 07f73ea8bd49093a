# Đúng: dùng phân phối của torch, để nguyên tensor.
normal = torch.distributions.Normal(⟦shift⟧, ⟦slope|abs⟧)
log_p = normal.log_prob(torch.tensor([⟦point⟧]))
