# Sai: một chuẩn chung cho cả lô.
def gradient_penalty(critic, real, fake, u):
    u = u.reshape(-1, *[1] * (real.dim() - 1))
    mixed = (u * real + (1 - u) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(mixed).mean(), mixed, create_graph=True)
    return (slope.norm() - ⟦slope⟧).square()
