# Sai: lấy log của định thức âm.
log_p_3 = torch.log(torch.tensor(-4.0))
