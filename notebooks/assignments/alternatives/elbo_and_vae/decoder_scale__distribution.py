# Đúng: dùng phân phối của torch với sai số chia đều.
error = torch.full((⟦pixels⟧,), math.sqrt(⟦error⟧ / ⟦pixels⟧), dtype=torch.float64)
nll_one, nll_tenth, nll_third = (
    -torch.distributions.Normal(0.0, s).log_prob(error).sum() for s in (1.0, 0.1, 0.3)
)
best_s = error.square().mean().sqrt()
