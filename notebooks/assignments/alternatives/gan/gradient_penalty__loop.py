# Đúng: từng mẫu một.
def gradient_penalty(critic, real, fake, u):
    total = 0.0
    for a, b, share in zip(real, fake, u):
        point = (share * a + (1 - share) * b)[None].detach().requires_grad_()
        slope = torch.autograd.grad(critic(point)[0], point, create_graph=True)[0]
        total = total + (torch.linalg.vector_norm(slope) - ⟦slope⟧) ** 2
    return total / len(u)
