# Sai: chuẩn chỉ lấy trên chiều cuối, sai với ảnh.
def gradient_penalty(critic, real, fake, t):
    t = t.reshape(-1, *[1] * (real.dim() - 1))
    mixed = (t * real + (1 - t) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
    return (slope.norm(dim=-1) - 1).square().mean()
