# Sai: chuẩn chỉ lấy trên chiều cuối, sai với ảnh.
def gradient_penalty(critic, real, fake, u):
    u = u.reshape(-1, *[1] * (real.dim() - 1))
    mixed = (u * real + (1 - u) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
    return (slope.norm(dim=-1) - ⟦slope⟧).square().mean()
