# Đúng: hoán vị vòng, hệ số bị chặn bằng sigmoid; tên gọi là một hàm tạo.
class Layer(nn.Module):
    """Một tầng chia đôi rồi hoán vị vòng; s bị chặn bởi hàm sigmoid."""

    def __init__(self, dim):
        super().__init__()
        half = dim - dim // 2
        self.half = half
        self.net = nn.Sequential(
            nn.Linear(half, 80), nn.SiLU(), nn.Linear(80, 80), nn.SiLU(),
            nn.Linear(80, 2 * (dim - half)),
        )
        order = torch.roll(torch.arange(dim), dim // 2)
        self.register_buffer("order", order)
        self.register_buffer("back", order.argsort())

    def coefficients(self, kept):
        raw, shift = self.net(kept).tensor_split(2, dim=-1)
        return 3 * torch.sigmoid(raw) - 1.5, shift

    def push(self, z):
        kept, moved = z[..., : self.half], z[..., self.half :]
        log_scale, shift = self.coefficients(kept)
        out = torch.cat((kept, moved * log_scale.exp() + shift), dim=-1)
        return out[..., self.order], log_scale.sum(-1)

    def pull(self, x):
        x = x[..., self.back]
        kept, moved = x[..., : self.half], x[..., self.half :]
        log_scale, shift = self.coefficients(kept)
        return torch.cat((kept, (moved - shift) / log_scale.exp()), dim=-1), -log_scale.sum(-1)


class Stack(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim
        self.steps = nn.ModuleList([Layer(dim) for _ in range(6)])

    def forward(self, z):
        terms = []
        for step in self.steps:
            z, term = step.push(z)
            terms.append(term)
        return z, sum(terms)

    def inverse(self, x):
        terms = []
        for step in self.steps[::-1]:
            x, term = step.pull(x)
            terms.append(term)
        return x, sum(terms)

    def log_prob(self, x):
        z, term = self.inverse(x)
        return term - (z**2).sum(-1) / 2 / ⟦base_variance⟧ - self.dim / 2 * math.log(2 * math.pi * ⟦base_variance⟧)

    def sample(self, n):
        weight = self.steps[0].net[0].weight
        with torch.no_grad():
            return self.forward(torch.randn(n, self.dim).to(weight) * ⟦base_variance⟧**0.5)[0]


def NormalizingFlow(dim):
    return Stack(dim)
