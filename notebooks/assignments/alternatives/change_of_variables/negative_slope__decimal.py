# Đúng: tính tay rồi chép ra năm chữ số.
from decimal import Decimal

log_p_3 = Decimal("-2.43023")
