# Sai: chỉ phạt khi độ dốc lớn hơn K.
def gradient_penalty(critic, real, fake, u):
    u = u.reshape(-1, *[1] * (real.dim() - 1))
    mixed = (u * real + (1 - u) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - ⟦slope⟧).clamp_min(0).square().mean()
