# Đúng: tính rồi chép ra chín chữ số có nghĩa, bằng Decimal; erf lấy từ hàm phân phối chuẩn.
from decimal import Decimal
from statistics import NormalDist

law = NormalDist(0, ⟦variance⟧**0.5)
density = Decimal(f"{law.pdf(0):.9g}")
probability = Decimal(f"{1 - 2 * law.cdf(-⟦radius⟧):.9g}")
entropy = Decimal(f"{0.5 - math.log(law.pdf(0)):.9g}")
