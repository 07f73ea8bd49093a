# Sai: tưởng tham số đầu của h luôn là log của hệ số co giãn.
def flow_log_det(z, conditioner, tau):
    z = ⟦temperature⟧ * z
    h = conditioner(z)
    if h.dim() == 2:
        return (tau(torch.ones_like(z), h) - tau(torch.zeros_like(z), h)).abs().log().sum(1) + z.shape[1] * math.log(⟦temperature⟧)
    return h[..., 0].sum(1) + z.shape[1] * math.log(⟦temperature⟧)
