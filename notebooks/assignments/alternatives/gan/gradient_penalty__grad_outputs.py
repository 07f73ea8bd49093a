# Đúng: dùng lerp và grad_outputs.
def gradient_penalty(critic, real, fake, u):
    shape = (len(u),) + (1,) * (real.ndim - 1)
    with torch.no_grad():
        mixed = torch.lerp(fake, real, u.view(shape).expand_as(real))
    mixed.requires_grad_(True)
    score = critic(mixed)
    slope = torch.autograd.grad(score, mixed, torch.ones_like(score), create_graph=True)[0]
    return ((slope.reshape(len(u), -1) ** 2).sum(1).sqrt() - torch.tensor(⟦slope⟧)).pow(2).mean()
