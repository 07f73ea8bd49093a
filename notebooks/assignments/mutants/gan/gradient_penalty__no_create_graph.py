# Sai: không giữ đồ thị, phạt trở thành hằng số với tham số.
def gradient_penalty(critic, real, fake, t):
    t = t.reshape(-1, *[1] * (real.dim() - 1))
    mixed = (t * real + (1 - t) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()
