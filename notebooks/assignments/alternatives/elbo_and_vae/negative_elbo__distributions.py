# Đúng: phân phối của torch, KL có sẵn.
def negative_elbo(x, encoder, decoder, log_scale):
    from torch.distributions import Normal, kl_divergence

    mean, log_var = encoder(x)
    q = Normal(mean, (log_var / 2).exp())
    log_likelihood = Normal(decoder(q.rsample()), log_scale.exp()).log_prob(x).sum(1)
    prior = Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return (kl_divergence(q, prior).sum(1) * ⟦beta⟧ - log_likelihood).mean()
