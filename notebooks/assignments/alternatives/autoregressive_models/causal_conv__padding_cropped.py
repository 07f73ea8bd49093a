# Đúng: đệm hai bên rồi cắt phần đuôi.
def causal_conv(x, weight, dilation):
    reach = (weight.shape[2] - 1) * dilation
    y = torch.nn.functional.conv1d(x, weight, padding=reach, dilation=dilation)
    return y[..., : x.shape[-1]]


def receptive_field(k, dilations):
    return torch.tensor([(k - 1) * d for d in dilations] + [1]).sum()
