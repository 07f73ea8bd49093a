# Sai: log_prob dùng đúng cơ sở nhưng sample lấy từ N(0, I).
class Coupling(nn.Module):
    """Tầng ghép cặp affine: dim // 2 tọa độ đầu điều khiển phần còn lại."""

    def __init__(self, dim, hidden=64):
        super().__init__()
        self.keep = dim // 2
        self.net = nn.Sequential(
            nn.Linear(self.keep, hidden), nn.ReLU(), nn.Linear(hidden, 2 * (dim - self.keep))
        )

    def forward(self, z):
        a, b = z[:, : self.keep], z[:, self.keep :]
        s, m = self.net(a).chunk(2, dim=1)
        s = 2 * torch.tanh(s / 2)
        return torch.cat([a, s.exp() * b + m], dim=1), s.sum(1)

    def inverse(self, x):
        a, b = x[:, : self.keep], x[:, self.keep :]
        s, m = self.net(a).chunk(2, dim=1)
        s = 2 * torch.tanh(s / 2)
        return torch.cat([a, (b - m) * (-s).exp()], dim=1), -s.sum(1)


class NormalizingFlow(nn.Module):
    """Luồng gồm nhiều tầng ghép cặp trên cơ sở N(0, vI)."""

    def __init__(self, dim, layers=8):
        super().__init__()
        self.dim = dim
        self.layers = nn.ModuleList(Coupling(dim) for _ in range(layers))

    def forward(self, z):
        log_det = z.new_zeros(len(z))
        for layer in self.layers:
            z, change = layer.forward(z)
            z = z.flip(1)
            log_det = log_det + change
        return z, log_det

    def inverse(self, x):
        log_det = x.new_zeros(len(x))
        for layer in reversed(self.layers):
            x, change = layer.inverse(x.flip(1))
            log_det = log_det + change
        return x, log_det

    def log_prob(self, x):
        z, log_det = self.inverse(x)
        v = ⟦base_variance⟧
        return -0.5 * (z.square() / v + math.log(2 * math.pi * v)).sum(1) + log_det

    def sample(self, n):
        device = next(self.parameters()).device
        x, _ = self.forward(torch.randn(n, self.dim, device=device))
        return x
