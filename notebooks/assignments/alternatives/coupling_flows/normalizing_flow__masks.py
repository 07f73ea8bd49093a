# Đúng: mặt nạ nhị phân xen kẽ, hai mạng riêng cho s và m.
class NormalizingFlow(nn.Module):
    def __init__(self, dim, layers=6, hidden=48):
        super().__init__()
        masks = [(torch.arange(dim) % 2 == k % 2).float() for k in range(layers)]
        self.register_buffer("masks", torch.stack(masks))
        self.register_buffer("zero", torch.zeros(dim))

        def mlp(*last):
            return nn.Sequential(nn.Linear(dim, hidden), nn.ReLU(), nn.Linear(hidden, dim), *last)

        self.scales = nn.ModuleList([mlp(nn.Tanh()) for _ in range(layers)])
        self.shifts = nn.ModuleList([mlp() for _ in range(layers)])

    @property
    def base(self):
        return torch.distributions.Normal(self.zero, self.zero + math.sqrt(⟦base_variance⟧))

    def forward(self, z):
        log_det = 0
        for mask, scale, shift in zip(self.masks, self.scales, self.shifts):
            s, m = (1 - mask) * scale(mask * z), (1 - mask) * shift(mask * z)
            z, log_det = z * torch.exp(s) + m, log_det + s.sum(-1)
        return z, log_det

    def inverse(self, x):
        log_det = 0
        for i in reversed(range(len(self.masks))):
            mask = self.masks[i]
            s = (1 - mask) * self.scales[i](mask * x)
            m = (1 - mask) * self.shifts[i](mask * x)
            x, log_det = (x - m) / torch.exp(s), log_det - s.sum(-1)
        return x, log_det

    def log_prob(self, x):
        z, log_det = self.inverse(x)
        return self.base.log_prob(z).sum(-1) + log_det

    @torch.no_grad()
    def sample(self, n):
        return self.forward(self.base.sample((n,)))[0]
