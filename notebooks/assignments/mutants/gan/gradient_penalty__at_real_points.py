# Sai: tính gradient tại điểm thật thay vì điểm nội suy.
def gradient_penalty(critic, real, fake, u):
    point = real.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(critic(point).sum(), point, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - ⟦slope⟧).square().mean()
