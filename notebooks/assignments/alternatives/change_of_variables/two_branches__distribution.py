# Đúng: dùng phân phối của torch, cộng hai nhánh rồi chia cho đạo hàm chung.
root = torch.tensor(⟦square⟧).sqrt()
preimages = ⟦center⟧ + torch.stack([root, -root])
p_x = torch.distributions.Normal(0.0, 1.0).log_prob(preimages).exp().sum() / (2 * root)
