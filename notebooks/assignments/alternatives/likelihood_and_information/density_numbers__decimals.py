# Đúng: tính tay rồi chép ra vài chữ số.
from decimal import Decimal

density, probability = Decimal("19.947"), Decimal("0.19741")
entropy = Decimal("-2.4931")
