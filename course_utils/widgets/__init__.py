"""Hình tương tác: mỗi hình là một widget sống cả trong sổ lẫn trong trang sách tĩnh.

from course_utils.widgets import FlowGrid, Map1D
Map1D(preset="exp")
FlowGrid(flow, name="hai_trang")
"""

from .flow_grid import FlowGrid, export_layers
from .live_figure import LiveFigure
from .map1d import Map1D
from .two_kl import TwoKL

__all__ = ["FlowGrid", "LiveFigure", "Map1D", "TwoKL", "export_layers"]
