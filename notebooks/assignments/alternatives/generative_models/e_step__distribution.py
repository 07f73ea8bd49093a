# Đúng: log mật độ của torch rồi trừ logsumexp.
def e_step(x, weights, means, variances):
    parts = torch.distributions.Normal(means, variances.sqrt())
    joint = ⟦beta⟧ * (parts.log_prob(x[:, None]) + weights.log())
    return (joint - joint.logsumexp(1, keepdim=True)).exp()
