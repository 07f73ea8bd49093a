# Sai: phạt bình phương của chuẩn thay vì chuẩn.
def gradient_penalty(critic, real, fake, u):
    u = u.reshape(-1, *[1] * (real.dim() - 1))
    mixed = (u * real + (1 - u) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
    return (slope.flatten(1).square().sum(1) - ⟦slope⟧**2).square().mean()
