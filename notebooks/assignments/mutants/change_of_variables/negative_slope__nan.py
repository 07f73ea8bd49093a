# Sai: lấy log của định thức âm.
log_p = torch.log(torch.tensor(⟦slope⟧))
