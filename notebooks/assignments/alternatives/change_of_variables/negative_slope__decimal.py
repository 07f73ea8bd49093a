# Đúng: tính rồi chép ra bảy chữ số thập phân, bằng Decimal.
from decimal import Decimal

z = (⟦point⟧ - ⟦shift⟧) / ⟦slope⟧
log_p = Decimal(f"{-0.5 * math.log(2 * math.pi) - 0.5 * z**2 - math.log(⟦slope|abs⟧):.7f}")
