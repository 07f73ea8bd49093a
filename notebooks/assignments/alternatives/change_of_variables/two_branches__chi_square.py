# Đúng: nhận ra phân phối khi bình phương với một bậc tự do.
p_x = torch.distributions.Chi2(torch.tensor(1.0)).log_prob(torch.tensor(2.25)).exp()
